-- What each trial's result depends on, so that the same question is answered without running
-- anything again. Trials of older automods have no row.
CREATE TABLE trial_keys (
    trial_id TEXT PRIMARY KEY NOT NULL REFERENCES trials(id),
    exact_key TEXT NOT NULL,
    shape_key TEXT NOT NULL
) STRICT;
CREATE INDEX idx_trial_keys_exact ON trial_keys(exact_key);
CREATE INDEX idx_trial_keys_shape ON trial_keys(shape_key);

-- Executions may compare held-out inputs, too.
CREATE TABLE new_executions (
    id TEXT PRIMARY KEY NOT NULL,
    modification_id TEXT REFERENCES modifications(id),
    session_id TEXT REFERENCES modification_sessions(id),
    trial_id TEXT REFERENCES trials(id),
    execution_type TEXT NOT NULL CHECK (execution_type IN
        ('configure', 'build', 'unit_test', 'benchmark', 'static_analysis', 'held_out')),
    command TEXT NOT NULL,
    outcome TEXT NOT NULL,
    stdout TEXT NOT NULL,
    stderr TEXT NOT NULL,
    exit_code INTEGER NOT NULL,
    execution_time_ms INTEGER NOT NULL,
    cpu_time_ms INTEGER NOT NULL,
    memory_usage_mb INTEGER NOT NULL,
    executed_at TEXT NOT NULL,
    setup_us INTEGER,
    run_us INTEGER,
    teardown_us INTEGER,
    peak_memory_bytes INTEGER,
    written_bytes INTEGER,
    CHECK ((modification_id IS NULL) = (trial_id IS NULL)),
    CHECK ((modification_id IS NULL) <> (session_id IS NULL))
) STRICT;
INSERT INTO new_executions
    SELECT id, modification_id, session_id, trial_id, execution_type, command, outcome, stdout,
           stderr, exit_code, execution_time_ms, cpu_time_ms, memory_usage_mb, executed_at,
           setup_us, run_us, teardown_us, peak_memory_bytes, written_bytes
    FROM sandbox_executions ORDER BY rowid;
DROP TABLE sandbox_executions;
ALTER TABLE new_executions RENAME TO sandbox_executions;
CREATE INDEX idx_executions_modification ON sandbox_executions(modification_id)
    WHERE modification_id IS NOT NULL;
CREATE INDEX idx_executions_session ON sandbox_executions(session_id)
    WHERE session_id IS NOT NULL;
CREATE INDEX idx_executions_trial ON sandbox_executions(trial_id) WHERE trial_id IS NOT NULL;
