// Uses all six calls of an official Node SDK and prints what it gave up, one line per reason:
// `node node_sdk.mjs rudder|segment ADDRESS KEY PATIENCE`, the patience in milliseconds.
// Rudder's waits without end: its own time-out makes it give up what it holds.
import { createRequire } from "node:module";
import { join } from "node:path";

const [kind, address, writeKey, patience] = process.argv.slice(2);
const require = createRequire(join(process.env.NODE_SDKS, "package.json"));
const timestamp = new Date("2026-01-02T03:04:05.678Z");
const common = { userId: "u1", context: { ip: "192.0.2.9" }, timestamp };

function tell(client) {
  client.track({ ...common, event: "Order Completed", properties: { total: 12.5, items: ["a", "b"] }, messageId: "m1" });
  client.identify({ ...common, traits: { plan: "free" }, messageId: "m2" });
  client.page({ ...common, name: "Start", category: "Docs", properties: { path: "/start" }, messageId: "m3" });
  client.screen({ ...common, name: "Home", category: "Main", properties: { dark: true }, messageId: "m4" });
  client.group({ ...common, groupId: "g1", traits: { size: 3 }, messageId: "m5" });
  client.alias({ ...common, previousId: "old", messageId: "m6" });
}

async function rudder() {
  const RudderAnalytics = require("@rudderstack/rudder-sdk-node");
  const client = new (RudderAnalytics.default ?? RudderAnalytics)(writeKey, {
    dataPlaneUrl: address,
    flushAt: 6,
    logLevel: "none",
    errorHandler: (error) => console.log(String(error)),
  });
  tell(client);
  await client.flush();
}

async function segment() {
  const { Analytics } = require("@segment/analytics-node");
  const client = new Analytics({ writeKey, host: address, httpRequestTimeout: Number(patience) });
  const reasons = new Set();
  client.on("error", (error) => reasons.add(String(error.reason)));
  tell(client);
  await client.closeAndFlush();
  reasons.forEach((reason) => console.log(reason));
}

await (kind === "rudder" ? rudder() : segment());
