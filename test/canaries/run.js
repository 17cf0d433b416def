// Looks for planted secrets in everything that fedctl says; see canaries.ts. Ends with `N combinations, N leaks`.
//
// node test/canaries/run.js [NAME]   NAME: the commands alone whose names hold it
// CANARY_SHOW=1 prints the texts in which secrets were found as well.
import { createViteServer } from 'vitest/node';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
const vite = await createViteServer({
  configFile: false,
  appType: 'custom',
  logLevel: 'error',
  oxc: { target: 'node20' },
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
});
const { canaries } = await vite.ssrLoadModule('/test/canaries/canaries.ts');
const clean = await canaries((line) => process.stdout.write(`${line}\n`), process.argv[2]);
await vite.close();
process.exit(clean ? 0 : 1);
