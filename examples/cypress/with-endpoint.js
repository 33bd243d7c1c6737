// node with-endpoint.js COMMAND: runs it, and `akunsub serve` meanwhile.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

// Your resources and messages: add '--config', 'akunsub.toml'.
const SERVE = ['serve', '--port', '0', '--json', '--db', 'unsub-test.db'];

const endpoint = spawn('akunsub', SERVE, {
  stdio: ['ignore', 'pipe', 'inherit'],
});
endpoint.once('exit', (code) => {
  process.exitCode ??= code ?? 1;
});
createInterface(endpoint.stdout).once('line', (line) => {
  const env = { ...process.env, AKUNSUB_URL: JSON.parse(line).url };
  // A shell finds node_modules/.bin/cypress on Windows too.
  const command = spawn(process.argv.slice(2).join(' '), {
    shell: true,
    stdio: 'inherit',
    env,
  });
  command.once('exit', (code) => {
    process.exitCode = code ?? 1;
    endpoint.kill();
  });
});
