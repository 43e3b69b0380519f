-- CreateEnum
CREATE TYPE "tenant_status" AS ENUM ('ACTIVE', 'SUSPENDED');

-- CreateEnum
CREATE TYPE "user_status" AS ENUM ('ACTIVE', 'DISABLED');

-- CreateEnum
CREATE TYPE "role" AS ENUM ('MEMBER', 'DEVELOPER', 'ADMIN');

-- CreateEnum
CREATE TYPE "app_status" AS ENUM ('ACTIVE', 'SUSPENDED');

-- CreateEnum
CREATE TYPE "app_state" AS ENUM ('DEVELOPMENT', 'VERIFIED');

-- CreateEnum
CREATE TYPE "client_proof" AS ENUM ('SECRET_OR_PKCE', 'SECRET_REQUIRED', 'PKCE_ONLY');

-- CreateEnum
CREATE TYPE "signing_key_state" AS ENUM ('NEXT', 'ACTIVE', 'RETIRING', 'GONE');

-- CreateTable
CREATE TABLE "tenants" (
    "id" SERIAL NOT NULL,
    "name" VARCHAR(63) NOT NULL,
    "display_name" VARCHAR(100) NOT NULL,
    "status" "tenant_status" NOT NULL DEFAULT 'ACTIVE',
    "demo" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tenants_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "users" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "tenant_id" INTEGER NOT NULL,
    "username" VARCHAR(64) NOT NULL,
    "email" VARCHAR(254) NOT NULL,
    "verified_email" VARCHAR(254),
    "password_hash" VARCHAR(200) NOT NULL,
    "first_name" VARCHAR(100) NOT NULL,
    "last_name" VARCHAR(100) NOT NULL,
    "role" "role" NOT NULL DEFAULT 'MEMBER',
    "platform_admin" BOOLEAN NOT NULL DEFAULT false,
    "status" "user_status" NOT NULL DEFAULT 'ACTIVE',
    "timezone" VARCHAR(64) NOT NULL DEFAULT 'UTC',
    "language" VARCHAR(8) NOT NULL DEFAULT 'en',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sessions" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "user_id" UUID NOT NULL,
    "user_agent" VARCHAR(512) NOT NULL DEFAULT '',
    "ip" VARCHAR(45) NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "apps" (
    "id" SERIAL NOT NULL,
    "tenant_id" INTEGER NOT NULL,
    "created_by_id" UUID NOT NULL,
    "name" VARCHAR(50) NOT NULL,
    "name_key" VARCHAR(200) NOT NULL,
    "description" VARCHAR(2000) NOT NULL DEFAULT '',
    "client_id" CHAR(20) NOT NULL,
    "limit_to_account" BOOLEAN NOT NULL DEFAULT false,
    "proof" "client_proof" NOT NULL DEFAULT 'SECRET_OR_PKCE',
    "require_pkce" BOOLEAN NOT NULL DEFAULT false,
    "refresh_replay" BOOLEAN NOT NULL DEFAULT false,
    "never_expires" BOOLEAN NOT NULL DEFAULT false,
    "state" "app_state" NOT NULL DEFAULT 'DEVELOPMENT',
    "status" "app_status" NOT NULL DEFAULT 'ACTIVE',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "apps_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app_secrets" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "app_id" INTEGER NOT NULL,
    "digest" BYTEA NOT NULL,
    "last_four" CHAR(4) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "app_secrets_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "redirect_uris" (
    "id" SERIAL NOT NULL,
    "app_id" INTEGER NOT NULL,
    "uri" VARCHAR(2000) NOT NULL,

    CONSTRAINT "redirect_uris_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "grants" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "user_id" UUID NOT NULL,
    "app_id" INTEGER NOT NULL,
    "scopes" VARCHAR(1000) NOT NULL,
    "offline_access" BOOLEAN NOT NULL DEFAULT false,
    "lasting" BOOLEAN NOT NULL DEFAULT true,
    "refused_scopes" VARCHAR(1000) NOT NULL DEFAULT '',
    "granted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "grants_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "connections" (
    "id" UUID NOT NULL,
    "grant_id" UUID NOT NULL,
    "app_id" INTEGER NOT NULL,
    "scopes" VARCHAR(1000) NOT NULL,
    "user_agent" VARCHAR(512) NOT NULL DEFAULT '',
    "ip" VARCHAR(45) NOT NULL DEFAULT '',
    "connected_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "issued_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_activity_at" TIMESTAMPTZ(3),
    "has_refresh_token" BOOLEAN NOT NULL DEFAULT true,
    "ended_at" TIMESTAMPTZ(3),
    "ended_reason" VARCHAR(32),

    CONSTRAINT "connections_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "authorization_codes" (
    "digest" BYTEA NOT NULL,
    "grant_id" UUID NOT NULL,
    "app_id" INTEGER NOT NULL,
    "redirect_uri" VARCHAR(2048) NOT NULL,
    "scopes" VARCHAR(1000) NOT NULL,
    "offline_access" BOOLEAN NOT NULL,
    "code_challenge" CHAR(43),
    "user_agent" VARCHAR(512) NOT NULL DEFAULT '',
    "ip" VARCHAR(45) NOT NULL DEFAULT '',
    "lasting" BOOLEAN NOT NULL DEFAULT true,
    "silent" BOOLEAN NOT NULL DEFAULT false,
    "issued_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "redeemed_at" TIMESTAMPTZ(3),
    "connection_id" UUID,
    "failures" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "authorization_codes_pkey" PRIMARY KEY ("digest")
);

-- CreateTable
CREATE TABLE "refresh_tokens" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "connection_id" UUID NOT NULL,
    "grant_id" UUID NOT NULL,
    "app_id" INTEGER NOT NULL,
    "digest" BYTEA NOT NULL,
    "pending_digest" BYTEA,
    "with_secret" BOOLEAN NOT NULL,
    "generation" INTEGER NOT NULL DEFAULT 0,
    "redelivered" BOOLEAN NOT NULL DEFAULT false,
    "redelivery_streak" INTEGER NOT NULL DEFAULT 0,
    "issued_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "last_refresh_at" TIMESTAMPTZ(3),
    "last_jti" UUID,
    "last_kid" VARCHAR(43),
    "revoked_at" TIMESTAMPTZ(3),
    "revoked_reason" VARCHAR(32),

    CONSTRAINT "refresh_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "retired_refresh_tokens" (
    "digest" BYTEA NOT NULL,
    "refresh_token_id" UUID NOT NULL,
    "retired_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "retired_refresh_tokens_pkey" PRIMARY KEY ("digest")
);

-- CreateTable
CREATE TABLE "consent_transactions" (
    "digest" BYTEA NOT NULL,
    "browser_digest" BYTEA NOT NULL,
    "dialect" VARCHAR(8) NOT NULL,
    "client_id" CHAR(20) NOT NULL,
    "redirect_uri" VARCHAR(2048) NOT NULL,
    "scopes" VARCHAR(1000) NOT NULL,
    "offline_access" BOOLEAN NOT NULL,
    "state" VARCHAR(4096),
    "code_challenge" CHAR(43),
    "prompt_consent" BOOLEAN NOT NULL DEFAULT false,
    "error_reason" VARCHAR(64),
    "session_id" UUID,
    "user_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_at" TIMESTAMPTZ(3),

    CONSTRAINT "consent_transactions_pkey" PRIMARY KEY ("digest")
);

-- CreateTable
CREATE TABLE "signing_keys" (
    "kid" VARCHAR(43) NOT NULL,
    "public_key" JSONB NOT NULL,
    "private_key_sealed" BYTEA NOT NULL,
    "state" "signing_key_state" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "activated_at" TIMESTAMPTZ(3),
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "signing_keys_pkey" PRIMARY KEY ("kid")
);

-- CreateTable
CREATE TABLE "token_not_before" (
    "subject" VARCHAR(80) NOT NULL,
    "not_before" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "token_not_before_pkey" PRIMARY KEY ("subject")
);

-- CreateTable
CREATE TABLE "oauth_events" (
    "id" BIGSERIAL NOT NULL,
    "app_id" INTEGER NOT NULL,
    "user_id" UUID,
    "connection_id" UUID,
    "kind" VARCHAR(32) NOT NULL,
    "outcome" VARCHAR(64) NOT NULL,
    "request_id" VARCHAR(64) NOT NULL DEFAULT '',
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "oauth_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_events" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "tenant_id" INTEGER,
    "actor_id" UUID,
    "user_id" UUID,
    "kind" VARCHAR(64) NOT NULL,
    "subject" VARCHAR(200) NOT NULL DEFAULT '',
    "data" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "audit_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rate_limits" (
    "key" VARCHAR(255) NOT NULL,
    "points" INTEGER NOT NULL DEFAULT 0,
    "expire" BIGINT,

    CONSTRAINT "rate_limits_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE UNIQUE INDEX "tenants_name_key" ON "tenants"("name");

-- CreateIndex
CREATE UNIQUE INDEX "users_username_key" ON "users"("username");

-- CreateIndex
CREATE UNIQUE INDEX "users_verified_email_key" ON "users"("verified_email");

-- CreateIndex
CREATE INDEX "users_tenant_id_idx" ON "users"("tenant_id");

-- CreateIndex
CREATE INDEX "sessions_user_id_idx" ON "sessions"("user_id");

-- CreateIndex
CREATE INDEX "sessions_expires_at_idx" ON "sessions"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "apps_name_key_key" ON "apps"("name_key");

-- CreateIndex
CREATE UNIQUE INDEX "apps_client_id_key" ON "apps"("client_id");

-- CreateIndex
CREATE INDEX "apps_tenant_id_id_idx" ON "apps"("tenant_id", "id");

-- CreateIndex
CREATE INDEX "app_secrets_app_id_idx" ON "app_secrets"("app_id");

-- CreateIndex
CREATE UNIQUE INDEX "redirect_uris_app_id_uri_key" ON "redirect_uris"("app_id", "uri");

-- CreateIndex
CREATE INDEX "grants_app_id_idx" ON "grants"("app_id");

-- CreateIndex
CREATE UNIQUE INDEX "grants_user_id_app_id_key" ON "grants"("user_id", "app_id");

-- CreateIndex
CREATE INDEX "connections_grant_id_idx" ON "connections"("grant_id");

-- CreateIndex
CREATE INDEX "connections_app_id_idx" ON "connections"("app_id");

-- CreateIndex
CREATE INDEX "connections_ended_at_idx" ON "connections"("ended_at");

-- CreateIndex
CREATE INDEX "authorization_codes_grant_id_issued_at_idx" ON "authorization_codes"("grant_id", "issued_at");

-- CreateIndex
CREATE INDEX "authorization_codes_expires_at_idx" ON "authorization_codes"("expires_at");

-- CreateIndex
CREATE INDEX "authorization_codes_app_id_idx" ON "authorization_codes"("app_id");

-- CreateIndex
CREATE UNIQUE INDEX "refresh_tokens_connection_id_key" ON "refresh_tokens"("connection_id");

-- CreateIndex
CREATE UNIQUE INDEX "refresh_tokens_digest_key" ON "refresh_tokens"("digest");

-- CreateIndex
CREATE UNIQUE INDEX "refresh_tokens_pending_digest_key" ON "refresh_tokens"("pending_digest");

-- CreateIndex
CREATE INDEX "refresh_tokens_grant_id_issued_at_id_idx" ON "refresh_tokens"("grant_id", "issued_at", "id");

-- CreateIndex
CREATE INDEX "refresh_tokens_expires_at_idx" ON "refresh_tokens"("expires_at");

-- CreateIndex
CREATE INDEX "refresh_tokens_app_id_idx" ON "refresh_tokens"("app_id");

-- CreateIndex
CREATE INDEX "retired_refresh_tokens_refresh_token_id_idx" ON "retired_refresh_tokens"("refresh_token_id");

-- CreateIndex
CREATE INDEX "consent_transactions_expires_at_idx" ON "consent_transactions"("expires_at");

-- CreateIndex
CREATE INDEX "consent_transactions_user_id_idx" ON "consent_transactions"("user_id");

-- CreateIndex
CREATE INDEX "token_not_before_not_before_idx" ON "token_not_before"("not_before");

-- CreateIndex
CREATE INDEX "oauth_events_app_id_id_idx" ON "oauth_events"("app_id", "id");

-- CreateIndex
CREATE INDEX "oauth_events_at_idx" ON "oauth_events"("at");

-- CreateIndex
CREATE INDEX "audit_events_tenant_id_id_idx" ON "audit_events"("tenant_id", "id");

-- CreateIndex
CREATE INDEX "audit_events_user_id_id_idx" ON "audit_events"("user_id", "id");

-- CreateIndex
CREATE INDEX "rate_limits_expire_idx" ON "rate_limits"("expire");

-- AddForeignKey
ALTER TABLE "users" ADD CONSTRAINT "users_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "apps" ADD CONSTRAINT "apps_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "apps" ADD CONSTRAINT "apps_created_by_id_fkey" FOREIGN KEY ("created_by_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "app_secrets" ADD CONSTRAINT "app_secrets_app_id_fkey" FOREIGN KEY ("app_id") REFERENCES "apps"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "redirect_uris" ADD CONSTRAINT "redirect_uris_app_id_fkey" FOREIGN KEY ("app_id") REFERENCES "apps"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "grants" ADD CONSTRAINT "grants_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "grants" ADD CONSTRAINT "grants_app_id_fkey" FOREIGN KEY ("app_id") REFERENCES "apps"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "connections" ADD CONSTRAINT "connections_grant_id_fkey" FOREIGN KEY ("grant_id") REFERENCES "grants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "connections" ADD CONSTRAINT "connections_app_id_fkey" FOREIGN KEY ("app_id") REFERENCES "apps"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "authorization_codes" ADD CONSTRAINT "authorization_codes_grant_id_fkey" FOREIGN KEY ("grant_id") REFERENCES "grants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refresh_tokens" ADD CONSTRAINT "refresh_tokens_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refresh_tokens" ADD CONSTRAINT "refresh_tokens_grant_id_fkey" FOREIGN KEY ("grant_id") REFERENCES "grants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "retired_refresh_tokens" ADD CONSTRAINT "retired_refresh_tokens_refresh_token_id_fkey" FOREIGN KEY ("refresh_token_id") REFERENCES "refresh_tokens"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "oauth_events" ADD CONSTRAINT "oauth_events_app_id_fkey" FOREIGN KEY ("app_id") REFERENCES "apps"("id") ON DELETE CASCADE ON UPDATE CASCADE;
