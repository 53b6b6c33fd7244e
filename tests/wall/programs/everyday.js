const cp = require('child_process'), fs = require('fs'), os = require('os'), {Worker} = require('worker_threads');
const folder = fs.mkdtempSync(os.tmpdir() + '/x-');
fs.writeFileSync(folder + '/a', 'x'); fs.renameSync(folder + '/a', folder + '/b');
console.log(fs.readdirSync(folder), cp.execSync('echo $A', {env: {A: 'b'}}).toString(), cp.spawnSync('false').status);
fs.rmSync(folder, {recursive: true});
// One after the other: at once, they end in any order.
(async () => {
  console.log(await new Promise(end => require('dns').lookup('127.0.0.1', (error, address) => end([error, address]))));
  console.log(await new Promise(end => require('net').connect(1, '127.0.0.1').on('error', error => end(error.code))));
  console.log(await fs.promises.readFile('/no/such').catch(error => error.code));
  const worker = new Worker('require("fs").readFileSync("/etc/hostname")', {eval: true});
  console.log('worker', await new Promise(end => worker.on('exit', end)));
})();
