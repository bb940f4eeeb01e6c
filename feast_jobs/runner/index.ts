export { type Job, type JobContext, type JobParams, type JobProgress, job } from './job.js';
export { runJob } from './run-job.js';
