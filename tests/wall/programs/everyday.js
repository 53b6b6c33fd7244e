const cp = require('child_process'), fs = require('fs'), os = require('os'), {Worker} = require('worker_threads');
const folder = fs.mkdtempSync(os.tmpdir() + '/x-');
fs.writeFileSync(folder + '/a', 'x'); fs.renameSync(folder + '/a', folder + '/b');
console.log(fs.readdirSync(folder), cp.execSync('echo $A', {env: {A: 'b'}}).toString(), cp.spawnSync('false').status);
fs.rmSync(folder, {recursive: true});
require('dns').lookup('127.0.0.1', (error, address) => console.log(error, address));
require('net').connect(1, '127.0.0.1').on('error', error => console.log(error.code));
fs.promises.readFile('/no/such').catch(error => console.log(error.code));
new Worker('require("fs").readFileSync("/etc/hostname")', {eval: true}).on('exit', code => console.log('worker', code));
