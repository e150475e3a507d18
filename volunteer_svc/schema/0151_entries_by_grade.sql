-- A page of one grade, as a rare one among many entries, without reading the others.
ALTER TABLE hour_entries ADD KEY by_grade (center_id, volunteer_id, grade, sequence);
