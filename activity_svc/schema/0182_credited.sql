-- What a person is credited for at a time (settlements_store.h): few entries end later than what is asked about begins.
ALTER TABLE hour_entries ADD KEY by_volunteer (center_id, volunteer_id, end_time);
