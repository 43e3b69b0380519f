-- What belongs to the playground. By itself, because nobody reads or writes these tables until it commits: what takes long
-- comes after.

ALTER TABLE "authorization_codes" ADD COLUMN "playground" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "connections" ADD COLUMN "playground" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "refresh_tokens" ADD COLUMN "playground" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "grants" ADD COLUMN "playground" BOOLEAN NOT NULL DEFAULT false;
