-- Version 1. Enumerations are stored by their frozen names (engine/types/words.cpp); a test
-- compares the lists below with them. docs/formats/database.md describes every column.
-- Text that people or programs outside wrote and that may be no UTF-8 is a BLOB.

CREATE TABLE ledger (
    number INTEGER PRIMARY KEY CHECK (number > 0),
    at TEXT NOT NULL,
    kind TEXT NOT NULL
        CHECK (kind IN ('session', 'proposal', 'verdict', 'application', 'rollback')),
    subject TEXT NOT NULL,
    payload TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE modification_sessions (
    id TEXT PRIMARY KEY NOT NULL,
    codebase_path TEXT NOT NULL,
    modification_goals TEXT NOT NULL,
    safety_level TEXT NOT NULL DEFAULT 'conservative'
        CHECK (safety_level IN ('conservative', 'moderate', 'aggressive')),
    status TEXT NOT NULL DEFAULT 'analyzing'
        CHECK (status IN ('analyzing', 'completed', 'failed', 'interrupted')),
    started_at TEXT NOT NULL,
    completed_at TEXT,
    success_rate REAL CHECK (success_rate BETWEEN 0 AND 100),
    ledger_number INTEGER NOT NULL UNIQUE REFERENCES ledger(number),
    CHECK ((status = 'analyzing') = (completed_at IS NULL))
) STRICT;

CREATE TABLE findings (
    id INTEGER PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES modification_sessions(id),
    rule TEXT NOT NULL,
    file_path TEXT NOT NULL,
    line INTEGER CHECK (line > 0),
    column_number INTEGER CHECK (column_number > 0),
    symbol TEXT,
    message TEXT NOT NULL,
    why TEXT NOT NULL,
    modification_type TEXT NOT NULL
        CHECK (modification_type IN ('bug_fix', 'performance', 'feature_add', 'refactor')),
    severity TEXT NOT NULL CHECK (severity IN ('note', 'warning', 'error'))
) STRICT;

CREATE TABLE modifications (
    id TEXT PRIMARY KEY NOT NULL,
    session_id TEXT NOT NULL REFERENCES modification_sessions(id),
    base_commit TEXT NOT NULL,
    base_tree TEXT NOT NULL,
    tree TEXT NOT NULL,
    patch BLOB NOT NULL,
    patch_digest TEXT NOT NULL,
    modification_type TEXT NOT NULL
        CHECK (modification_type IN ('bug_fix', 'performance', 'feature_add', 'refactor')),
    summary TEXT NOT NULL,
    modification_reason TEXT NOT NULL,
    proposer TEXT NOT NULL CHECK (proposer IN ('rules', 'model', 'patch')),
    origin_name TEXT NOT NULL,
    prompt_digest TEXT,
    parent_id TEXT REFERENCES modifications(id),
    place_path TEXT,
    place_line INTEGER CHECK (place_line > 0),
    place_column INTEGER CHECK (place_column > 0),
    place_symbol TEXT,
    created_at TEXT NOT NULL,
    ledger_number INTEGER NOT NULL UNIQUE REFERENCES ledger(number)
) STRICT;

-- One row a file. The last four columns are set for all rows of a modification together.
CREATE TABLE code_modifications (
    id TEXT PRIMARY KEY NOT NULL,
    modification_id TEXT NOT NULL REFERENCES modifications(id),
    session_id TEXT NOT NULL REFERENCES modification_sessions(id),
    position INTEGER NOT NULL CHECK (position >= 0),
    file_path TEXT NOT NULL,
    modification_type TEXT NOT NULL
        CHECK (modification_type IN ('bug_fix', 'performance', 'feature_add', 'refactor')),
    original_content BLOB,
    modified_content BLOB,
    original_executable INTEGER NOT NULL CHECK (original_executable IN (0, 1)),
    modified_executable INTEGER NOT NULL CHECK (modified_executable IN (0, 1)),
    modification_reason TEXT NOT NULL,
    safety_score REAL CHECK (safety_score BETWEEN 0 AND 1),
    performance_impact REAL,
    applied_at TEXT,
    rollback_at TEXT,
    UNIQUE (modification_id, position),
    UNIQUE (modification_id, file_path),
    CHECK (original_content IS NOT NULL OR modified_content IS NOT NULL),
    CHECK (rollback_at IS NULL OR applied_at IS NOT NULL)
) STRICT;

CREATE TABLE evidence (
    digest TEXT PRIMARY KEY NOT NULL,
    evidence TEXT NOT NULL
) STRICT;

CREATE TABLE trials (
    id TEXT PRIMARY KEY NOT NULL,
    modification_id TEXT NOT NULL REFERENCES modifications(id),
    evidence_digest TEXT NOT NULL REFERENCES evidence(digest),
    finished_at TEXT NOT NULL
) STRICT;

-- A trial may be judged again, at another level; the latest verdict counts.
CREATE TABLE verdicts (
    ledger_number INTEGER PRIMARY KEY REFERENCES ledger(number),
    trial_id TEXT NOT NULL REFERENCES trials(id),
    modification_id TEXT NOT NULL REFERENCES modifications(id),
    decision TEXT NOT NULL CHECK (decision IN ('approved', 'needs_approval', 'rejected')),
    safety_level TEXT NOT NULL
        CHECK (safety_level IN ('conservative', 'moderate', 'aggressive')),
    safety_score REAL NOT NULL CHECK (safety_score BETWEEN 0 AND 1),
    performance_impact REAL,
    evidence_digest TEXT NOT NULL REFERENCES evidence(digest),
    rules_version INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    judged_at TEXT NOT NULL
) STRICT;

-- An execution belongs to a trial of a modification, or to a session that prepared its base.
CREATE TABLE sandbox_executions (
    id TEXT PRIMARY KEY NOT NULL,
    modification_id TEXT REFERENCES modifications(id),
    session_id TEXT REFERENCES modification_sessions(id),
    trial_id TEXT REFERENCES trials(id),
    execution_type TEXT NOT NULL CHECK (execution_type IN
        ('configure', 'build', 'unit_test', 'benchmark', 'static_analysis')),
    command TEXT NOT NULL,
    outcome TEXT NOT NULL,
    stdout TEXT NOT NULL,
    stderr TEXT NOT NULL,
    exit_code INTEGER NOT NULL,
    execution_time_ms INTEGER NOT NULL,
    cpu_time_ms INTEGER NOT NULL,
    memory_usage_mb INTEGER NOT NULL,
    executed_at TEXT NOT NULL,
    CHECK ((modification_id IS NULL) = (trial_id IS NULL)),
    CHECK ((modification_id IS NULL) <> (session_id IS NULL))
) STRICT;

CREATE TABLE modification_metrics (
    id TEXT PRIMARY KEY NOT NULL,
    modification_id TEXT NOT NULL REFERENCES modifications(id),
    trial_id TEXT NOT NULL REFERENCES trials(id),
    metric_name TEXT NOT NULL,
    baseline_value REAL NOT NULL,
    modified_value REAL NOT NULL,
    improvement_percentage REAL NOT NULL,
    measured_at TEXT NOT NULL
) STRICT;

CREATE TABLE applications (
    id TEXT PRIMARY KEY NOT NULL,
    modification_id TEXT NOT NULL REFERENCES modifications(id),
    branch TEXT NOT NULL,
    commit_id TEXT NOT NULL,
    base_commit TEXT NOT NULL,
    tree TEXT NOT NULL,
    evidence_digest TEXT NOT NULL REFERENCES evidence(digest),
    applied_at TEXT NOT NULL,
    ledger_number INTEGER NOT NULL UNIQUE REFERENCES ledger(number)
) STRICT;

CREATE TABLE rollbacks (
    application_id TEXT PRIMARY KEY NOT NULL REFERENCES applications(id),
    modification_id TEXT NOT NULL REFERENCES modifications(id),
    rollback_reason TEXT NOT NULL,
    method TEXT NOT NULL CHECK (method IN ('restored', 'revert')),
    ref TEXT NOT NULL,
    commit_id TEXT,
    restored_commit TEXT NOT NULL,
    rollback_at TEXT NOT NULL,
    ledger_number INTEGER NOT NULL UNIQUE REFERENCES ledger(number)
) STRICT;

CREATE INDEX idx_findings_session ON findings(session_id);
CREATE INDEX idx_modification_session ON modifications(session_id);
CREATE INDEX idx_modification_same ON modifications(base_commit, patch_digest);
CREATE INDEX idx_modification_parent ON modifications(parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX idx_modifications_session ON code_modifications(session_id);
CREATE INDEX idx_metrics_modification ON modification_metrics(modification_id);
CREATE INDEX idx_metrics_trial ON modification_metrics(trial_id);
CREATE INDEX idx_executions_modification ON sandbox_executions(modification_id)
    WHERE modification_id IS NOT NULL;
CREATE INDEX idx_executions_session ON sandbox_executions(session_id)
    WHERE session_id IS NOT NULL;
CREATE INDEX idx_executions_trial ON sandbox_executions(trial_id) WHERE trial_id IS NOT NULL;
CREATE INDEX idx_trials_modification ON trials(modification_id);
CREATE INDEX idx_verdicts_trial ON verdicts(trial_id, ledger_number);
CREATE INDEX idx_verdicts_modification ON verdicts(modification_id, ledger_number);
CREATE INDEX idx_applications_modification ON applications(modification_id, ledger_number);

-- The latest verdict, application and rollback of every modification, and what follows from them.
CREATE VIEW modification_overview AS
SELECT m.id, m.session_id, m.ledger_number,
       v.ledger_number AS verdict_number, a.id AS application_id, r.application_id AS rollback_id,
       CASE
         WHEN r.application_id IS NOT NULL THEN 'rolled_back'
         WHEN a.id IS NOT NULL THEN 'applied'
         WHEN v.decision IS NOT NULL THEN v.decision
         ELSE 'proposed'
       END AS status
FROM modifications m
LEFT JOIN verdicts v ON v.ledger_number =
    (SELECT max(ledger_number) FROM verdicts WHERE modification_id = m.id)
LEFT JOIN applications a ON a.ledger_number =
    (SELECT max(ledger_number) FROM applications WHERE modification_id = m.id)
LEFT JOIN rollbacks r ON r.application_id = a.id;

-- What is recorded stays as it is.
CREATE TRIGGER ledger_appends BEFORE INSERT ON ledger
WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM ledger)
  OR NEW.previous <> coalesce((SELECT hash FROM ledger ORDER BY number DESC LIMIT 1), '')
BEGIN SELECT RAISE(ABORT, 'the ledger is only appended to'); END;

CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END;
CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is never shortened'); END;

CREATE TRIGGER modifications_no_update BEFORE UPDATE ON modifications
BEGIN SELECT RAISE(ABORT, 'a modification never changes'); END;
CREATE TRIGGER modifications_no_delete BEFORE DELETE ON modifications
BEGIN SELECT RAISE(ABORT, 'a modification is never deleted'); END;

CREATE TRIGGER code_modifications_no_update BEFORE UPDATE OF
    id, modification_id, session_id, position, file_path, modification_type, original_content,
    modified_content, original_executable, modified_executable, modification_reason
ON code_modifications
BEGIN SELECT RAISE(ABORT, 'a modification never changes'); END;
CREATE TRIGGER code_modifications_no_delete BEFORE DELETE ON code_modifications
BEGIN SELECT RAISE(ABORT, 'a modification is never deleted'); END;

CREATE TRIGGER evidence_no_update BEFORE UPDATE ON evidence
BEGIN SELECT RAISE(ABORT, 'evidence never changes'); END;
CREATE TRIGGER evidence_no_delete BEFORE DELETE ON evidence
BEGIN SELECT RAISE(ABORT, 'evidence is never deleted'); END;

CREATE TRIGGER trials_no_update BEFORE UPDATE ON trials
BEGIN SELECT RAISE(ABORT, 'a trial never changes'); END;
CREATE TRIGGER trials_no_delete BEFORE DELETE ON trials
BEGIN SELECT RAISE(ABORT, 'a trial is never deleted'); END;

CREATE TRIGGER verdicts_no_update BEFORE UPDATE ON verdicts
BEGIN SELECT RAISE(ABORT, 'a verdict never changes'); END;
CREATE TRIGGER verdicts_no_delete BEFORE DELETE ON verdicts
BEGIN SELECT RAISE(ABORT, 'a verdict is never deleted'); END;

CREATE TRIGGER applications_no_update BEFORE UPDATE ON applications
BEGIN SELECT RAISE(ABORT, 'an application never changes'); END;
CREATE TRIGGER applications_no_delete BEFORE DELETE ON applications
BEGIN SELECT RAISE(ABORT, 'an application is never deleted'); END;

CREATE TRIGGER rollbacks_no_update BEFORE UPDATE ON rollbacks
BEGIN SELECT RAISE(ABORT, 'a rollback never changes'); END;
CREATE TRIGGER rollbacks_no_delete BEFORE DELETE ON rollbacks
BEGIN SELECT RAISE(ABORT, 'a rollback is never deleted'); END;
