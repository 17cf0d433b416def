// Searches all output of fedctl for planted secrets; see canaries.ts. The last line is `N combinations, N leaks`.
//
// node test/canaries/run.js [NAME]   NAME: run only commands whose names contain NAME
// CANARY_SHOW=1 also prints the texts that contain secrets.
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
