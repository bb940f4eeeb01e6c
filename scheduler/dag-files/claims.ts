/**
 * Which file a DAG id belongs to. The file that had it first keeps it, and goes on keeping it while it is
 * broken; of files found at the same moment, the first by name.
 */
export interface Claims {
  /**
   * Says which ids a file declares now, found at `moment` (a counter); none where the file is gone.
   * Returns the other files whose standing this may change.
   */
  set(file: string, dagIds: readonly string[], moment: number): string[];
  /** the first id of a file that belongs to another file, with that file */
  findConflict(file: string): { readonly dagId: string; readonly owner: string } | undefined;
}

export function createClaims(): Claims {
  /** id → file → moment */
  const claims = new Map<string, Map<string, number>>();
  const idsOf = new Map<string, readonly string[]>();

  const ownerOf = (dagId: string): string => {
    const files = [...claims.get(dagId)!];
    files.sort(([a, since], [b, other]) => since - other || (a < b ? -1 : 1));
    return files[0]![0];
  };

  return {
    set(file, dagIds, moment) {
      const touched = new Set<string>();
      const before = idsOf.get(file) ?? [];
      for (const dagId of before.filter((id) => !dagIds.includes(id))) claims.get(dagId)!.delete(file);
      for (const dagId of dagIds) {
        const files = claims.get(dagId) ?? new Map<string, number>();
        if (!files.has(file)) files.set(file, moment);
        claims.set(dagId, files);
      }
      for (const dagId of new Set([...before, ...dagIds])) {
        const files = claims.get(dagId)!;
        for (const other of files.keys()) touched.add(other);
        if (files.size === 0) claims.delete(dagId);
      }
      touched.delete(file);
      if (dagIds.length > 0) idsOf.set(file, dagIds);
      else idsOf.delete(file);
      return [...touched];
    },
    findConflict(file) {
      for (const dagId of idsOf.get(file) ?? []) {
        const owner = ownerOf(dagId);
        if (owner !== file) return { dagId, owner };
      }
      return undefined;
    },
  };
}
