// The baseline of benchmarks.turns --vercel: the Chat SDK's Slack adapter with Redis state, saying back what was said.
// Arguments: port, Web API address, path of the Redis socket.
import http from "node:http";
import { createSlackAdapter } from "@chat-adapter/slack";
import { createRedisState } from "@chat-adapter/state-redis";
import { Chat } from "chat";
import { createClient } from "redis";

const [port, apiUrl, path] = process.argv.slice(2);

const client = createClient({ socket: { path } });
await client.connect();

const bot = new Chat({
  userName: "echo",
  logger: "silent",
  adapters: {
    slack: createSlackAdapter({ botToken: "xoxb-fake", signingSecret: "5160c0ffee", apiUrl, botUserId: "U0BOT" }),
  },
  state: createRedisState({ client }),
});
bot.onDirectMessage(async (thread, message) => {
  await thread.post(`echo: ${message.text}`);
});
await bot.initialize();

http
  .createServer(async (incoming, outgoing) => {
    const parts = [];
    for await (const part of incoming) parts.push(part);
    const request = new Request(`http://localhost${incoming.url}`, {
      method: incoming.method,
      headers: incoming.headers,
      body: Buffer.concat(parts),
    });
    const response = await bot.webhooks.slack(request, { waitUntil: () => {} });
    const text = await response.text();
    outgoing.writeHead(response.status, { "content-type": "text/plain", "content-length": Buffer.byteLength(text) });
    outgoing.end(text);
  })
  .listen(Number(port), "127.0.0.1");
