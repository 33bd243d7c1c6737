// Runs the Cypress example's own commands in Node.js, with as little of Cypress
// as they need: node cypress_stand_in.mjs FILE '[["expectConfirm", "SMID"], …]'
// prints what came of each.

import { pathToFileURL } from 'node:url';

const [file, steps] = process.argv.slice(2);

const commands = {
  forwarded(url) {
    const isMatch = intercepted.matcher.pathname.test(new URL(url).pathname);
    const request = { url };
    if (isMatch) intercepted.handler(request);
    return request.url;
  },
};
let intercepted;

globalThis.Cypress = {
  env: (name) => process.env[name],
  Commands: { add: (name, run) => { commands[name] = run; } },
};
globalThis.cy = {
  async request({ method, url, body }) {
    const answer = await fetch(url, {
      method,
      headers: body && { 'Content-Type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status}`);
    return { body: await answer.json() };
  },
  wrap: async (value) => value,
  intercept: (matcher, handler) => { intercepted = { matcher, handler }; },
};

await import(pathToFileURL(file));

const told = [];
for (const [name, ...args] of JSON.parse(steps)) {
  try {
    told.push({ value: await commands[name](...args) });
  } catch (error) {
    told.push({ error: error.message });
  }
}
console.log(JSON.stringify(told));
