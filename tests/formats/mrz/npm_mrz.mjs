// Reads JSON lines {"lines": [...]} from standard input and writes what the npm package `mrz` makes of each.
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const { parse } = await import(pathToFileURL(process.argv[2]).href);
for await (const row of createInterface({ input: process.stdin })) {
  let answer;
  try {
    const { format, valid, fields, details } = parse(JSON.parse(row).lines);
    const wrong = details.filter((one) => !one.valid).map((one) => one.field);
    answer = { format, valid, fields, wrong };
  } catch (error) {
    answer = { error: String(error.message) };
  }
  console.log(JSON.stringify(answer));
}
