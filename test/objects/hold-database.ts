/**
 * Runs in a process of its own: opens a database, takes what the second argument says, writes `held`, and keeps it until
 * its input ends.
 */
import Database from 'better-sqlite3';

const [file, what] = process.argv.slice(2);
const database = new Database(file);
if (what === 'reading') database.exec('BEGIN; SELECT * FROM computers');
else if (what === 'writing') database.exec('BEGIN EXCLUSIVE');
else if (what === 'open in write-ahead mode') database.exec('PRAGMA journal_mode = WAL; SELECT * FROM computers');
else throw new Error(`what is ${what}?`);
console.log('held');
process.stdin.resume();
process.stdin.on('end', () => database.close());
