// One act of an event, by the ways that Node.js has for it; what it gave, or the code of its error.
import child from 'node:child_process';
import dgram from 'node:dgram';
import dns from 'node:dns';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { Worker } from 'node:worker_threads';

const acts = {
  exec: ({ name }) => child.execSync(`printf 'for %s' ${name}`, { stdio: 'pipe' }).toString(),
  spawn: ({ program, path }) => {
    const done = child.spawnSync(program, [path]);
    if (done.error) throw done.error;
    return done.stdout.toString();
  },
  clean_child: ({ path }) => child.execSync(`read -r line < ${path}; echo "$line"`, { env: {}, stdio: 'pipe' }).toString(),
  fork: async ({ path }) => {
    const code = `require('fs').writeFileSync('${path}', 'left')`;
    return once(child.spawn(process.execPath, ['-e', code]), 'exit');
  },
  read: ({ path }) => fs.readFileSync(path, 'utf8'),
  read_later: ({ path }) => fs.promises.readFile(path, 'utf8'),
  read_in_thread: async ({ path }) => {
    const code = `require('worker_threads').parentPort.postMessage(require('fs').readFileSync('${path}', 'utf8'))`;
    return (await once(new Worker(code, { eval: true }), 'message'))[0];
  },
  write: ({ path }) => fs.writeFileSync(path, 'left'),
  rename: ({ path, to }) => fs.renameSync(path, to),
  unlink: ({ path }) => fs.unlinkSync(path),
  connect: async ({ address, port }) => {
    const socket = net.connect(port, address);
    await once(socket, 'connect');
    socket.end('gone');
    await once(socket, 'close');
    return 'sent';
  },
  http: async ({ address, port }) => {
    const request = http.get({ host: address, port, path: '/?s3cret' });
    await once(request, 'socket');
    await once(request, 'close').catch((error) => { if (error.code !== 'ECONNRESET') throw error; });
    return 'sent';
  },
  datagram: async ({ address, port }) => {
    const socket = dgram.createSocket('udp4');
    try {
      await new Promise((done, fail) => socket.send('gone', port, address, (error) => (error ? fail(error) : done())));
    } finally {
      socket.close();
    }
    return 'sent';
  },
  look_up: async ({ host }) => (await dns.promises.lookup(host)).address,
  query: async ({ host, address, port }) => {
    const resolver = new dns.promises.Resolver({ timeout: 1000, tries: 1 });
    resolver.setServers([`${address}:${port}`]);
    return resolver.resolve4(host);
  },
  native: ({ path }) => process.dlopen({ exports: {} }, path),
};

export const handler = async (event) => {
  try {
    return { gave: (await acts[event.act](event)) ?? 'done' };
  } catch (error) {
    return { code: error.code ?? (error.status === undefined ? error.name : `status ${error.status}`) };
  }
};
