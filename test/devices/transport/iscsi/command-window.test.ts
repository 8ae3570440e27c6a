import t from 'tap';
import { SimulatedClock } from '../../../../devices/clock.js';
import { CommandWindow } from '../../../../devices/transport/iscsi/command-window.js';
import { KeepAlive } from '../../../../devices/transport/iscsi/keep-alive.js';
import { nextSerial, precedes } from '../../../../devices/transport/iscsi/serial-number.js';

t.test('orders serial numbers across the wrap', (t) => {
  t.equal(nextSerial(0xffff_ffff), 0);
  t.ok(precedes(0xffff_fffe, 3));
  t.notOk(precedes(3, 0xffff_fffe));
  t.notOk(precedes(5, 5));
  t.end();
});

t.test('goes on numbering commands across the wrap', (t) => {
  const window = new CommandWindow({ cmdSn: 0xffff_fffe, expCmdSn: 0xffff_fffe, maxCmdSn: 0, expStatSn: 0xffff_ffff });
  t.strictSame([window.take(), window.take(), window.take()], [0xffff_fffe, 0xffff_ffff, 0]);
  t.equal(window.open, false);
  window.observe(0xffff_ffff, 1);
  t.equal(window.open, true);
  t.equal(window.hasReceived(0xffff_fffe), true);
  t.equal(window.hasReceived(0xffff_ffff), false);
  window.acknowledge(0xffff_ffff);
  t.equal(window.expStatSn, 0);
  t.end();
});

t.test('never lets the window go back, and ignores a pair of numbers that contradict each other', (t) => {
  const window = new CommandWindow({ cmdSn: 10, expCmdSn: 10, maxCmdSn: 12, expStatSn: 5 });
  window.observe(10, 11);
  window.observe(9, 20);
  t.equal(window.open, true);
  for (let count = 0; count < 11; count++) window.take();
  t.equal(window.open, false, 'the highest MaxCmdSN counts');
  window.observe(30, 25);
  t.equal(window.hasReceived(20), false);
  window.acknowledge(3);
  t.equal(window.expStatSn, 5);
  t.end();
});

t.test('a path that is never silent is never pinged; a silent one is, and then given up', async (t) => {
  const clock = new SimulatedClock();
  const events: string[] = [];
  const keepAlive = new KeepAlive({
    clock,
    intervalMs: 1000,
    timeoutMs: 300,
    ping: () => events.push('ping'),
    dead: () => events.push('dead'),
  });
  for (let count = 0; count < 10; count++) {
    await clock.advance(900);
    keepAlive.heard();
  }
  t.strictSame(events, []);
  await clock.advance(1000);
  t.strictSame(events, ['ping']);
  keepAlive.heard();
  await clock.advance(999);
  t.strictSame(events, ['ping']);
  await clock.advance(600);
  t.strictSame(events, ['ping', 'ping', 'dead']);
  keepAlive.stop();
  t.equal(clock.pending, 0);
});

t.test('an interval of 0 never pings', async (t) => {
  const clock = new SimulatedClock();
  const keepAlive = new KeepAlive({ clock, intervalMs: 0, timeoutMs: 1, ping: () => t.fail(), dead: () => t.fail() });
  await clock.advance(1_000_000);
  keepAlive.stop();
  t.pass('nothing was sent');
});
