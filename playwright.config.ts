import { defineConfig, devices } from '@playwright/test';
import { chromiumLaunch } from '@/e2e/fixtures/browser';

export default defineConfig({
  testDir: 'e2e/portal',
  outputDir: 'test-results/browser',
  globalSetup: './e2e/fixtures/portal-setup.ts',
  workers: 1,
  forbidOnly: Boolean(process.env.CI),
  reporter: 'list',
  use: {
    ...devices['Desktop Chrome'],
    baseURL: process.env.GATEHOUSE_ORIGIN,
    screenshot: 'only-on-failure',
    trace: 'off',
    launchOptions: chromiumLaunch,
  },
});
