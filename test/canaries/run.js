// Looks for planted secrets in everything that fedctl says; see canaries.ts. Ends with `N combinations, N leaks`.
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
const clean = await canaries((line) => process.stdout.write(`${line}\n`));
await vite.close();
process.exit(clean ? 0 : 1);
