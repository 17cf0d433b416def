import { defineConfig } from 'vitest/config';

/** A run of its own: it plays every scenario three times. */
export default defineConfig({
  test: {
    include: ['test/closure/closure.ts'],
    globalSetup: ['test/support/build.ts'],
    testTimeout: 600_000,
  },
});
