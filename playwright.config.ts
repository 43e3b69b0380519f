import { defineConfig, devices } from '@playwright/test';
import { chromiumLaunch } from '@/e2e/fixtures/browser';
import { enterInstallation, INSTALLATIONS } from '@/e2e/fixtures/portal-installations';

enterInstallation();

export default defineConfig({
  testDir: 'e2e/portal',
  outputDir: 'test-results/browser',
  globalSetup: './e2e/fixtures/portal-setup.ts',
  workers: INSTALLATIONS,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  // A shared machine may stall for seconds. What passes only then is named in the summary.
  retries: 1,
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
