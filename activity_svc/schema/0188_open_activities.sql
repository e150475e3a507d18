-- The open activities of a few units, whose coming shifts are read by themselves and not among those of the whole center.
CREATE INDEX by_unit_state ON activities (center_id, unit_id, state, id);
