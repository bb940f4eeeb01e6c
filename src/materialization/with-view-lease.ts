import { setTimeout as sleep } from 'node:timers/promises';
import type { FeatureView } from '../definitions/index.js';
import type { ViewLease, ViewLeases } from '../registry/index.js';
import { formatDuration } from '../shared/duration.js';
import { CodedError } from '../shared/errors.js';
import { throwIfAborted } from './materialize-view.js';

export interface LeaseRequest {
  readonly leases: ViewLeases;
  readonly project: string;
  readonly view: FeatureView;
  /** how long to wait for others */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface HeldLease {
  /** aborted when the lease is lost, or by the signal of the request */
  readonly signal: AbortSignal;
  /** @throws CodedError MATERIALIZATION_LEASE_LOST */
  check(): void;
}

/**
 * Runs `work` while no other materialization of the view does, renewing the lease until it ends.
 * @throws CodedError MATERIALIZATION_LOCKED naming the holder, MATERIALIZATION_LEASE_LOST, MATERIALIZATION_ABORTED,
 *   LOCK_UNUSABLE, and what `work` throws
 */
export async function withViewLease<T>(
  request: LeaseRequest,
  work: (held: HeldLease) => Promise<T>,
): Promise<T> {
  const lease = await acquire(request);
  const lost = new AbortController();
  const heartbeat = setInterval(() => {
    lease.renew().catch((error: unknown) => lost.abort(error));
  }, request.leases.ttlMs / 3);
  const signals = request.signal === undefined ? [lost.signal] : [lost.signal, request.signal];
  try {
    return await work({ signal: AbortSignal.any(signals), check: () => lease.check() });
  } catch (error) {
    // what was stopped because of the loss says only that it was stopped
    throw lost.signal.aborted ? lost.signal.reason : error;
  } finally {
    clearInterval(heartbeat);
    await lease.release();
  }
}

async function acquire({ leases, project, view, timeoutMs, signal }: LeaseRequest): Promise<ViewLease> {
  const started = performance.now();
  for (let pause = 5; ; pause = Math.min(pause * 2, 500)) {
    throwIfAborted(view, signal);
    const found = await leases.tryAcquire(project, view.name);
    if (found.kind === 'lease') return found;
    const waited = performance.now() - started;
    if (waited >= timeoutMs) {
      throw new CodedError(
        'MATERIALIZATION_LOCKED',
        `feature view "${view.name}" is being materialized by ${found.name} since ${found.since.toISOString()}, and this one waited ${formatDuration(waited)}; wait for it, end it, or allow a longer wait`,
      );
    }
    // jitter, lest several that wait wake up together for ever
    await sleep(Math.min(pause * (0.5 + Math.random()), timeoutMs - waited));
  }
}
