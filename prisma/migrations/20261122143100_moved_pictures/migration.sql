-- AlterTable
ALTER TABLE "verification_requests" ADD COLUMN     "forgotten_at" TIMESTAMPTZ(3),
ADD COLUMN     "pictures_moved_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "verification_screenshots" ADD COLUMN     "from_id" INTEGER;

-- CreateIndex
CREATE INDEX "verification_screenshots_from_id_idx" ON "verification_screenshots"("from_id");

-- AddForeignKey
ALTER TABLE "verification_screenshots" ADD CONSTRAINT "verification_screenshots_from_id_fkey" FOREIGN KEY ("from_id") REFERENCES "verification_requests"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- What a request showed was forgotten when its pictures were deleted, whether there were any or not.
UPDATE verification_requests SET forgotten_at = pictures_deleted_at WHERE pictures_deleted_at IS NOT NULL;

-- A first request is not sent without pictures: a withdrawn one that has none has passed them on.
UPDATE verification_requests v SET pictures_moved_at = v.decided_at
 WHERE v.status = 'WITHDRAWN' AND v.submitted_at IS NOT NULL AND v.before IS NULL AND v.pictures_deleted_at IS NULL
   AND NOT EXISTS (SELECT FROM verification_screenshots s WHERE s.request_id = v.id);

-- Requests that showed something which housekeeping has still to forget, the oldest decision first.
DROP INDEX verification_requests_pictures_idx;
CREATE INDEX verification_requests_forget_idx ON verification_requests (decided_at) WHERE forgotten_at IS NULL;

-- A request keeps what it showed until it is deleted, or forgets it.
DROP TRIGGER verification_requests_drop_icons ON verification_requests;
CREATE TRIGGER verification_requests_drop_icons AFTER DELETE OR UPDATE OF asked, forgotten_at ON verification_requests
  FOR EACH ROW WHEN (OLD.asked->>'icon' IS NOT NULL OR OLD.before->>'icon' IS NOT NULL) EXECUTE FUNCTION request_drops_icons();
