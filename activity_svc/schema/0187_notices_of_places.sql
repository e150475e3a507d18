-- Notices of places in shifts, too: which shift it is, as it was when it was told, and until when an answer is awaited.
ALTER TABLE notices
  ADD COLUMN shift_start_time BIGINT,  -- null: about hours
  ADD COLUMN due_time         BIGINT;  -- null: nothing is to be answered
