-- The stream of activity_svc is applied in two parts from here on. Each begins where the one cursor stood and has what was
-- parked; what is not its own it passes over. The old cursor stays for old processes that still run beside new ones: what
-- both apply has its effect once.
INSERT INTO event_cursors (consumer, event_cursor)
SELECT CONCAT('activity_svc/', part), event_cursor FROM event_cursors, (SELECT 0 AS part UNION ALL SELECT 1) parts
WHERE consumer = 'activity_svc';
INSERT INTO parked_events (consumer, event_cursor, center_id, event_key, event, error, park_time)
SELECT CONCAT('activity_svc/', part), event_cursor, center_id, event_key, event, error, park_time
FROM parked_events, (SELECT 0 AS part UNION ALL SELECT 1) parts WHERE consumer = 'activity_svc';
DELETE FROM parked_events WHERE consumer = 'activity_svc';
