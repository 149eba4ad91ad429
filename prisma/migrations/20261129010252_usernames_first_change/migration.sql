-- Of the three tables that get a column each is locked by a migration of its own: claims come to them in
-- one order, releases in another, and neither then waits for a migration that waits for it.
ALTER TABLE "usernames" ADD COLUMN     "first_change_id" BIGINT;
