-- AlterTable
ALTER TABLE "app_secrets" ADD COLUMN     "told_days" SMALLINT;

-- AlterTable
ALTER TABLE "grants" ADD COLUMN     "mailed_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "users" ADD COLUMN     "mail_about_apps" BOOLEAN NOT NULL DEFAULT true;

-- CreateTable
CREATE TABLE "outbox_mails" (
    "id" BIGSERIAL NOT NULL,
    "mail_id" UUID NOT NULL,
    "kind" VARCHAR(32) NOT NULL,
    "user_id" UUID,
    "address" VARCHAR(254),
    "language" VARCHAR(8),
    "caused_by_id" UUID,
    "sealed" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "outbox_mails_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "outbox_mails_mail_id_key" ON "outbox_mails"("mail_id");

-- CreateIndex
CREATE INDEX "outbox_mails_created_at_idx" ON "outbox_mails"("created_at");

-- CreateIndex
CREATE INDEX "app_secrets_expires_at_idx" ON "app_secrets"("expires_at");

