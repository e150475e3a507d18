-- Reversals and supplements. `hour_entries` stays as it is: a reversing entry has an odd revision.

-- What the account also says of its entries, so that most questions need none of them.
ALTER TABLE hour_accounts
  ADD COLUMN supplement_minutes BIGINT NOT NULL DEFAULT 0,  -- the part of the balance that supplements (grade D) make up
  ADD COLUMN latest_end_time    BIGINT NOT NULL DEFAULT 0;  -- no entry, reversed or not, ends later

-- The times for which somebody is credited now, each from one entry that no other has reversed; they never overlap. The
-- entries are the truth and this follows from them; whoever checks the ledger compares the two.
CREATE TABLE credited_times (
  center_id    BIGINT UNSIGNED NOT NULL,
  volunteer_id BIGINT UNSIGNED NOT NULL,
  start_time   BIGINT          NOT NULL,
  end_time     BIGINT          NOT NULL,
  sequence     BIGINT          NOT NULL,  -- of the entry
  PRIMARY KEY (center_id, volunteer_id, start_time)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Until now there was nothing but settlements.
INSERT INTO credited_times (center_id, volunteer_id, start_time, end_time, sequence)
SELECT center_id, volunteer_id, start_time, end_time, sequence FROM hour_entries;
UPDATE hour_accounts SET
  supplement_minutes = (SELECT COALESCE(SUM(e.minutes), 0) FROM hour_entries e
                        WHERE e.center_id = hour_accounts.center_id AND e.volunteer_id = hour_accounts.volunteer_id
                          AND e.grade = 4),
  latest_end_time = (SELECT COALESCE(MAX(e.end_time), 0) FROM hour_entries e
                     WHERE e.center_id = hour_accounts.center_id AND e.volunteer_id = hour_accounts.volunteer_id);

-- Answered by credited_times from here on.
ALTER TABLE hour_entries DROP KEY by_start_time;
