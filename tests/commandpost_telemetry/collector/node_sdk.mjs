// Uses all six calls of an official Node SDK: `node node_sdk.mjs rudder|segment ADDRESS KEY`.
import { createRequire } from "node:module";
import { join } from "node:path";

const [kind, address, writeKey] = process.argv.slice(2);
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

if (kind === "rudder") {
  const RudderAnalytics = require("@rudderstack/rudder-sdk-node");
  const client = new (RudderAnalytics.default ?? RudderAnalytics)(writeKey, { dataPlaneUrl: address, flushInterval: 100 });
  tell(client);
  await client.flush();
} else {
  const { Analytics } = require("@segment/analytics-node");
  const client = new Analytics({ writeKey, host: address, flushInterval: 100 });
  tell(client);
  await client.closeAndFlush();
}
