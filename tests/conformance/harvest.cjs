// Follows a feed as OpenActive's harvesters do, until "stop" comes in: node harvest.cjs ADDRESS
// Prints what a consumer holds then, and how often it was told of each kind of change.
const { harvestRPDE } = require('@openactive/harvesting-utils');

const held = {};
const told = { updated: 0, deleted: 0 };
let stopping = false;
let askedSinceStop = false;

process.stdin.on('data', (text) => { stopping ||= String(text).includes('stop'); });

function keep({ state, id, data }) {
  told[state] += 1;
  if (state === 'deleted') delete held[id];
  else held[id] = data;
}

function finish() {
  // A pipe takes its time: leave when all of it is written.
  process.stdout.write(JSON.stringify({ held, told }), () => process.exit(0));
  return new Promise(() => {});
}

harvestRPDE({
  baseUrl: process.argv[2],
  feedContextIdentifier: 'services',
  isOrdersFeed: false,
  headers: async () => ({}),
  // An end that was asked for before "stop" may not be the end any more.
  optionallyWaitBeforeNextRequest: async () => { askedSinceStop = stopping; },
  processPage: async ({ rpdePage }) => rpdePage.items.forEach(keep),
  onReachedEndOfFeed: async () => (askedSinceStop ? finish() : null),
  loggingFns: { log() {}, logError: console.error, logErrorDuringHarvest: console.error },
  config: { howLongToSleepAtFeedEnd: () => 20, REQUEST_LOGGING_ENABLED: false },
}).then(({ error }) => {
  console.error(error);
  process.exit(1);
});
