-- What has not ended, and a key without a successor, is found by other indexes: here it only cost a write, and where most
-- connections have ended, plans read all the others by this index to find one.
DROP INDEX "connections_ended_at_idx";
CREATE INDEX connections_ended_idx ON connections (ended_at) WHERE ended_at IS NOT NULL;
DROP INDEX "refresh_tokens_pending_digest_key";
CREATE UNIQUE INDEX refresh_tokens_pending_idx ON refresh_tokens (pending_digest) WHERE pending_digest IS NOT NULL;
