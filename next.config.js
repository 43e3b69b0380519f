/** @type {import('next').NextConfig} */
export default {
  poweredByHeader: false,
  reactStrictMode: true,
  typedRoutes: true,
  // Native packages, and those that the front has loaded already, stay outside the bundles.
  serverExternalPackages: ['@node-rs/argon2', 'pg', 'pino', 'rate-limiter-flexible', 'sharp'],
  // Pictures; the front holds every other form to less.
  experimental: { serverActions: { bodySizeLimit: '5mb' } },
  // Uploads are decoded and re-encoded by us; nothing is fetched on behalf of a page.
  images: { unoptimized: true },
  allowedDevOrigins: ['*.localhost'],
  devIndicators: false,
};
