-- Coming shifts in order of time. Neither column changes with a sign-up, so that a rush costs no more for it.
CREATE INDEX by_start ON shifts (center_id, accepting, start_time, id);
