// Runs a Lambda handler as its runtime does: imports the module once, then invokes it for each line of stdin.
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const { handler } = await import(pathToFileURL(process.argv[2]).href);
let number = 0;
for await (const line of createInterface(process.stdin)) {
  const result = await handler(JSON.parse(line), { awsRequestId: `request-${number}` });
  process.stdout.write(`${JSON.stringify(result)}\n`);
  number += 1;
}
process.exit();
