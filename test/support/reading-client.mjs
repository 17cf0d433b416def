// Reads from MongoDB with the settings in argv[2] until the file argv[3] exists. Prints a line for each read.
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { MongoClient } from 'mongodb';

const [, , uri, stop] = process.argv;
const client = new MongoClient(uri);
while (!existsSync(stop)) {
  await client.db('app').collection('probe').find().toArray();
  process.stdout.write('read\n');
  await delay(20);
}
await client.close();
