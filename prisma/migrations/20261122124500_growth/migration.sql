-- An app with a million connections: what ends is decided in one small transaction, its rows follow in batches.

-- AlterTable
ALTER TABLE "apps" ADD COLUMN     "deleted_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "app_endings" (
    "id" SERIAL NOT NULL,
    "app_id" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "with_secret" BOOLEAN,
    "codes_only" BOOLEAN NOT NULL DEFAULT false,
    "reason" VARCHAR(32) NOT NULL,
    "ended_up_to" UUID,

    CONSTRAINT "app_endings_pkey" PRIMARY KEY ("id")
);

-- DropIndex
DROP INDEX "refresh_tokens_app_id_idx";

-- CreateIndex
CREATE INDEX "app_endings_app_id_at_idx" ON "app_endings"("app_id", "at");

-- CreateIndex
CREATE INDEX "retired_refresh_tokens_retired_at_idx" ON "retired_refresh_tokens"("retired_at");

-- CreateIndex
CREATE INDEX "audit_events_at_idx" ON "audit_events"("at");

-- AddForeignKey
ALTER TABLE "app_endings" ADD CONSTRAINT "app_endings_app_id_fkey" FOREIGN KEY ("app_id") REFERENCES "apps"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Whoever judges an app by its status judges a deleted one rightly.
ALTER TABLE apps ADD CONSTRAINT deleted_app_is_suspended CHECK (deleted_at IS NULL OR status = 'SUSPENDED');

-- Deleted apps whose rows are still being deleted: few, found without reading the others.
CREATE INDEX apps_deleted_idx ON apps (deleted_at) WHERE deleted_at IS NOT NULL;

-- The list of an organisation's applications: a page and a search read the index alone.
CREATE INDEX apps_listed_idx ON apps (tenant_id, id) INCLUDE (name, client_id) WHERE deleted_at IS NULL;

-- Counts of an app's users and connections: bounded, and from the index alone.
CREATE INDEX grants_standing_idx ON grants (app_id) WHERE revoked_at IS NULL;
CREATE INDEX connections_live_idx ON connections (app_id) WHERE ended_at IS NULL;

-- An app's families, when the app ends them: each batch begins where the last one ended.
CREATE INDEX refresh_tokens_live_idx ON refresh_tokens (app_id, id) WHERE revoked_at IS NULL;
