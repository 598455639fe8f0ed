// Run in a fresh process: imports a bundle and makes its first call, and prints how long both took in milliseconds.
const [, , bundle, event] = process.argv;
const began = performance.now();
const { handler } = await import(bundle);
await handler(JSON.parse(event), { awsRequestId: 'bench' });
console.log(performance.now() - began);
process.exit(0);
