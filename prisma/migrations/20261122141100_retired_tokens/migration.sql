-- Replaced keys go with their family, whatever their age: one that comes back while the family lives is theft.
DROP INDEX "retired_refresh_tokens_retired_at_idx";
