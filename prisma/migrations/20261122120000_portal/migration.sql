-- CreateEnum
CREATE TYPE "address_policy" AS ENUM ('FULL', 'NETWORK', 'HIDDEN');

-- CreateEnum
CREATE TYPE "verification_status" AS ENUM ('OPEN', 'APPROVED', 'REJECTED', 'WITHDRAWN');

-- AlterTable
ALTER TABLE "apps" ADD COLUMN     "icon_digest" CHAR(64),
ADD COLUMN     "owner_id" UUID,
ADD COLUMN     "pending_changes" JSONB,
ADD COLUMN     "privacy_url" VARCHAR(2000),
ADD COLUMN     "publisher_domain" VARCHAR(253),
ADD COLUMN     "support_email" VARCHAR(254),
ADD COLUMN     "suspended_at" TIMESTAMPTZ(3),
ADD COLUMN     "suspended_reason" VARCHAR(2000),
ADD COLUMN     "terms_url" VARCHAR(2000),
ADD COLUMN     "verified_snapshot" JSONB,
ADD COLUMN     "website" VARCHAR(2000);

-- AlterTable
ALTER TABLE "connections" ADD COLUMN     "seen_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "tenants" ADD COLUMN     "connection_addresses" "address_policy" NOT NULL DEFAULT 'FULL',
ADD COLUMN     "members_create_apps" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "users" ALTER COLUMN "language" DROP NOT NULL,
ALTER COLUMN "language" DROP DEFAULT;

-- CreateTable
CREATE TABLE "app_activity" (
    "app_id" INTEGER NOT NULL,
    "last_activity_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "app_activity_pkey" PRIMARY KEY ("app_id")
);

-- CreateTable
CREATE TABLE "app_icons" (
    "digest" CHAR(64) NOT NULL,
    "png" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "app_icons_pkey" PRIMARY KEY ("digest")
);

-- CreateTable
CREATE TABLE "app_scopes" (
    "id" SERIAL NOT NULL,
    "app_id" INTEGER NOT NULL,
    "name" VARCHAR(64) NOT NULL,
    "access" CHAR(1) NOT NULL,
    "optional" BOOLEAN NOT NULL DEFAULT false,
    "purpose" VARCHAR(300) NOT NULL DEFAULT '',

    CONSTRAINT "app_scopes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app_transfers" (
    "app_id" INTEGER NOT NULL,
    "to_tenant_id" INTEGER NOT NULL,
    "to_user_id" UUID,
    "created_by_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "app_transfers_pkey" PRIMARY KEY ("app_id")
);

-- CreateTable
CREATE TABLE "publisher_domains" (
    "id" SERIAL NOT NULL,
    "tenant_id" INTEGER NOT NULL,
    "domain" VARCHAR(253) NOT NULL,
    "token" VARCHAR(64) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "proven_at" TIMESTAMPTZ(3),
    "checked_at" TIMESTAMPTZ(3),

    CONSTRAINT "publisher_domains_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verification_requests" (
    "id" SERIAL NOT NULL,
    "app_id" INTEGER NOT NULL,
    "status" "verification_status" NOT NULL DEFAULT 'OPEN',
    "asked" JSONB NOT NULL,
    "before" JSONB,
    "purpose" VARCHAR(4000) NOT NULL DEFAULT '',
    "created_by_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "decided_by_id" UUID,
    "decided_at" TIMESTAMPTZ(3),
    "reason" VARCHAR(4000),

    CONSTRAINT "verification_requests_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verification_messages" (
    "id" BIGSERIAL NOT NULL,
    "request_id" INTEGER NOT NULL,
    "author_id" UUID NOT NULL,
    "from_reviewer" BOOLEAN NOT NULL,
    "body" VARCHAR(4000) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "verification_messages_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verification_screenshots" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "request_id" INTEGER NOT NULL,
    "png" BYTEA NOT NULL,
    "width" INTEGER NOT NULL,
    "height" INTEGER NOT NULL,

    CONSTRAINT "verification_screenshots_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "app_scopes_app_id_name_key" ON "app_scopes"("app_id", "name");

-- CreateIndex
CREATE INDEX "app_transfers_to_tenant_id_idx" ON "app_transfers"("to_tenant_id");

-- CreateIndex
CREATE INDEX "app_transfers_expires_at_idx" ON "app_transfers"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "publisher_domains_tenant_id_domain_key" ON "publisher_domains"("tenant_id", "domain");

-- CreateIndex
CREATE INDEX "verification_requests_app_id_id_idx" ON "verification_requests"("app_id", "id");

-- CreateIndex
CREATE INDEX "verification_requests_status_created_at_id_idx" ON "verification_requests"("status", "created_at", "id");

-- CreateIndex
CREATE INDEX "verification_messages_request_id_id_idx" ON "verification_messages"("request_id", "id");

-- CreateIndex
CREATE INDEX "verification_screenshots_request_id_idx" ON "verification_screenshots"("request_id");

-- CreateIndex
CREATE INDEX "apps_icon_digest_idx" ON "apps"("icon_digest");

-- AddForeignKey
ALTER TABLE "apps" ADD CONSTRAINT "apps_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "apps" ADD CONSTRAINT "apps_icon_digest_fkey" FOREIGN KEY ("icon_digest") REFERENCES "app_icons"("digest") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "app_activity" ADD CONSTRAINT "app_activity_app_id_fkey" FOREIGN KEY ("app_id") REFERENCES "apps"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "app_scopes" ADD CONSTRAINT "app_scopes_app_id_fkey" FOREIGN KEY ("app_id") REFERENCES "apps"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "app_transfers" ADD CONSTRAINT "app_transfers_app_id_fkey" FOREIGN KEY ("app_id") REFERENCES "apps"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "publisher_domains" ADD CONSTRAINT "publisher_domains_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "verification_requests" ADD CONSTRAINT "verification_requests_app_id_fkey" FOREIGN KEY ("app_id") REFERENCES "apps"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "verification_messages" ADD CONSTRAINT "verification_messages_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "verification_requests"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "verification_screenshots" ADD CONSTRAINT "verification_screenshots_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "verification_requests"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Nobody has chosen a language so far: it was a default.
UPDATE users SET language = NULL;

-- What is connected already is no news.
UPDATE connections SET seen_at = db_now();

-- One request of an app is open at a time.
CREATE UNIQUE INDEX verification_requests_open_key ON verification_requests (app_id) WHERE status = 'OPEN';

ALTER TABLE app_scopes ADD CONSTRAINT app_scopes_access_is_known CHECK (access IN ('r', 'w', 'd'));
ALTER TABLE publisher_domains ADD CONSTRAINT publisher_domain_is_lower_case CHECK (domain = lower(domain));

CREATE TRIGGER app_scopes_notice AFTER INSERT OR UPDATE OR DELETE ON app_scopes
  FOR EACH ROW EXECUTE FUNCTION notice_part_of_app();
