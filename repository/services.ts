import { featureService, select } from 'feast-scheduler';
import { airportHourlyStats } from './airports.js';
import { routeDailyStats } from './routes.js';

/** What a model that predicts the delay of a departure reads. */
export const delayPrediction = featureService({
  name: 'delay_prediction',
  features: [airportHourlyStats, select(routeDailyStats, ['flights', 'distance'])],
});
