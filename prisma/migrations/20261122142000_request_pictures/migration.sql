-- AlterTable
ALTER TABLE "verification_requests" ADD COLUMN     "pictures_deleted_at" TIMESTAMPTZ(3);

-- Requests whose pictures housekeeping has still to delete, the oldest decision first.
CREATE INDEX verification_requests_pictures_idx ON verification_requests (decided_at) WHERE pictures_deleted_at IS NULL;

-- Drafts that were discarded: nobody is shown them, and each held copies of the same pictures.
DELETE FROM verification_requests WHERE status = 'WITHDRAWN' AND submitted_at IS NULL;
