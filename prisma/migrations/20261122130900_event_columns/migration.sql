-- What differs, in events. By itself, because nobody reads or writes these tables until it commits: what takes long comes after.

ALTER TABLE "oauth_events" ADD COLUMN "dialect" VARCHAR(8),
                           ADD COLUMN "repeats" INTEGER NOT NULL DEFAULT 1,
                           ADD COLUMN "details" JSONB;
ALTER TABLE "consent_transactions" ADD COLUMN "error_details" JSONB;
