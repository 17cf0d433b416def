import { expect, test } from 'vitest';
import { matches, patternsOf } from '../../../src/lib/failures/match.ts';
import { CODES, pageOf } from '../../../src/lib/failures/pages.ts';
import { pasted } from '../../../src/lib/failures/pasted.ts';

const PATTERNS = patternsOf(CODES.map(pageOf));

/** What other programs log when nothing of AWS, MongoDB or Atlas is wrong. */
const LINES = [
  '10.0.3.7 - - [28/Nov/2026:21:00:01 +0000] "GET /healthz HTTP/1.1" 200 2 "-" "kube-probe/1.31"',
  '10.0.3.7 - - [28/Nov/2026:21:00:02 +0000] "GET /admin HTTP/1.1" 403 153 "-" "Mozilla/5.0"',
  '2026/11/28 21:00:03 [error] 31#31: *17 upstream timed out (110: Connection timed out) while reading response header from upstream, client: 10.1.2.3',
  '2026/11/28 21:00:03 [warn] 31#31: *18 a client request body is buffered to a temporary file /var/cache/nginx/client_temp/0000000001',
  'nginx: client connection 17 to 10.1.2.3:443 closed after idle timeout',
  'postgres: connection 5 to db closed',
  '2026-11-28 21:00:04.123 UTC [57] LOG:  checkpoint complete: wrote 42 buffers (0.3%); 0 WAL file(s) added',
  '2026-11-28 21:00:04.200 UTC [58] FATAL:  password authentication failed for user "app"',
  '2026-11-28 21:00:04.300 UTC [59] ERROR:  duplicate key value violates unique constraint "orders_pkey"',
  '2026-11-28 21:00:04.400 UTC [60] FATAL:  sorry, too many clients already',
  'E1128 21:00:05.000001       1 kubelet.go:2456] "Error getting node" err="node \\"ip-10-0-1-2\\" not found"',
  'W1128 21:00:05.100001       1 reflector.go:539] failed to list *v1.Pod: Unauthorized',
  'I1128 21:00:05.200001       1 prober.go:107] "Probe failed" probeType="Readiness" output="HTTP probe failed with statuscode: 503"',
  'Warning  BackOff  2m (x7 over 5m)  kubelet  Back-off restarting failed container web in pod web-0',
  'Warning  FailedMount  10s  kubelet  MountVolume.SetUp failed for volume "certs" : secret "tls" not found',
  'Nov 28 21:00:06 host systemd[1]: Started Session 12 of User deploy.',
  'Nov 28 21:00:06 host systemd[1]: app.service: Main process exited, code=exited, status=1/FAILURE',
  'Nov 28 21:00:06 host sshd[911]: Failed password for invalid user admin from 203.0.113.9 port 51234 ssh2',
  'Nov 28 21:00:06 host sshd[912]: Connection closed by authenticating user root 203.0.113.9 port 51240 [preauth]',
  'Nov 28 21:00:06 host kernel: Out of memory: Killed process 4242 (node) total-vm:2097152kB',
  'Nov 28 21:00:06 host chronyd[700]: Selected source 169.254.169.123',
  'Error: connect ECONNREFUSED 127.0.0.1:5432',
  'dial tcp 10.0.0.5:6379: connect: connection refused',
  'HTTP request failed: 500 Internal Server Error',
  'upstream returned 502 Bad Gateway',
  'open /var/run/docker.sock: permission denied',
  'npm error code ERESOLVE',
  'npm error ERESOLVE unable to resolve dependency tree',
  'npm warn deprecated inflight@1.0.6: This module is not supported, and leaks memory.',
  'npm error 404 Not Found - GET https://registry.npmjs.org/no-such-package',
  'Traceback (most recent call last):\n  File "/srv/app/main.py", line 12, in <module>\n    main()\nKeyError: \'token\'',
  'Traceback (most recent call last):\n  File "/srv/app/jobs.py", line 3, in run\nFileNotFoundError: [Errno 2] No such file or directory: \'/data/in.csv\'',
  'requests.exceptions.HTTPError: 401 Client Error: Unauthorized for url: https://api.example.com/v1/me',
  "TypeError: Cannot read properties of undefined (reading 'map')\n    at render (/srv/app/view.js:10:15)",
  'Error: listen EADDRINUSE: address already in use :::3000',
  'redis.exceptions.ConnectionError: Error 111 connecting to redis:6379. Connection refused.',
  '1:M 28 Nov 2026 21:00:07.001 * Background saving terminated with success',
  'java.lang.OutOfMemoryError: Java heap space',
  "org.springframework.beans.factory.BeanCreationException: Error creating bean with name 'orders'",
  'Caused by: org.postgresql.util.PSQLException: FATAL: role "app" does not exist',
  'panic: runtime error: index out of range [3] with length 3',
  'level=info ts=2026-11-28T21:00:08Z caller=main.go:42 msg="Server is ready to receive web requests."',
  'level=error msg="failed to reload config" err="yaml: line 3: mapping values are not allowed in this context"',
  "fatal: Authentication failed for 'https://github.com/example/private.git/'",
  'remote: Invalid username or password.',
  "docker: Error response from daemon: pull access denied for app, repository does not exist or may require 'docker login'.",
  'Error: Error acquiring the state lock: ConditionalCheckFailedException: The conditional request failed',
  "ERROR 1045 (28000): Access denied for user 'app'@'localhost' (using password: YES)",
  'ldap_bind: Invalid credentials (49)',
  '{"level":"info","time":"2026-11-28T21:00:09Z","msg":"token refreshed","expires_in":300}',
  '{"level":"warn","msg":"slow request","path":"/orders","ms":2310}',
  '{"t":{"$date":"2026-11-28T21:00:10.000+00:00"},"s":"I","c":"NETWORK","id":22943,"ctx":"listener","msg":"Connection accepted","attr":{"remote":"10.1.2.3:51234","connectionCount":12}}',
  '{"t":{"$date":"2026-11-28T21:00:10.100+00:00"},"s":"I","c":"ACCESS","id":5286306,"ctx":"conn12","msg":"Successfully authenticated","attr":{"mechanism":"MONGODB-OIDC"}}',
  'INFO: Found credentials in environment variables.',
  'rabbitmq: closing AMQP connection <0.1234.0> (10.1.2.3:51234 -> 10.1.2.4:5672): client unexpectedly closed TCP connection',
] as const;

test.each(LINES)('an ordinary line leads to no failure: %s', (line) => {
  expect(matches(PATTERNS, pasted(line), 5)).toEqual([]);
});

test('together they lead to none either', () => {
  expect(matches(PATTERNS, pasted(LINES.join('\n')), 5)).toEqual([]);
});
