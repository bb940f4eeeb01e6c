/**
 * Who may materialize a view: one writer at a time. A lease ends with its holder's word, or when it has not been
 * renewed for `ttlMs`; whoever takes it over has a greater token, and the former holder can record nothing any more.
 *
 * Registries whose writers meet elsewhere than in one folder provide their own (RegistryBackend.leases).
 */
export interface ViewLeases {
  /** milliseconds that a lease lives without being renewed */
  readonly ttlMs: number;
  /** the lease, or who holds it now; @throws CodedError LOCK_UNUSABLE */
  tryAcquire(project: string, view: string): Promise<ViewLease | LeaseHolder>;
  close(): Promise<void>;
}

export interface ViewLease {
  readonly kind: 'lease';
  /** greater than that of every earlier lease of the view */
  readonly token: number;
  /** prolongs it by `ttlMs` from now; @throws CodedError MATERIALIZATION_LEASE_LOST */
  renew(): Promise<void>;
  /** synchronous, so that it can stand in an edit of the registry; @throws CodedError MATERIALIZATION_LEASE_LOST */
  check(): void;
  /** lets others in; nothing happens where it is lost */
  release(): Promise<void>;
}

export interface LeaseHolder {
  readonly kind: 'holder';
  /** for people: `process 4711 on host-a` */
  readonly name: string;
  readonly since: Date;
}
