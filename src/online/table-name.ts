/** Feast's name of the table that holds a view. Feast: infra/online_stores/helpers.py compute_table_id. */
export function tableName(project: string, view: string): string {
  return `${project}_${view}`;
}
