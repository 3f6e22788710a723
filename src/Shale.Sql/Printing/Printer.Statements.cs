using Shale.Sql.Lexing;
using Shale.Sql.Parsing;

namespace Shale.Sql.Printing;

/// <summary>Statements that read and write rows, transactions and utilities.</summary>
internal sealed partial class Printer
{
    private void Statement(Statement statement)
    {
        Guard();
        switch (statement)
        {
            case SelectStatement select:
                Select(select);
                break;
            case InsertStatement insert:
                Insert(insert);
                break;
            case UpdateStatement update:
                Update(update);
                break;
            case DeleteStatement delete:
                Delete(delete);
                break;
            case TruncateStatement truncate:
                Truncate(truncate);
                break;
            case LockStatement locked:
                Lock(locked);
                break;
            case CommentStatement comment:
                Comment(comment);
                break;
            case RawStatement raw:
                Add(raw.Text);
                break;
            case ExplainStatement explain:
                Explain(explain);
                break;
            case VExplainStatement explain:
                Add("VEXPLAIN ").AddUpper(explain.Kind);
                Add(' ');
                Statement(explain.Inner);
                break;
            case BeginStatement or CommitStatement or RollbackStatement or SavepointStatement:
                Transaction(statement);
                break;
            case SetEngineStatement set:
                SetEngine(set);
                break;
            case BackupStatement backup:
                Backup(backup);
                break;
            case RestoreStatement restore:
                Restore(restore);
                break;
            case CallStatement call:
                CallProcedure(call);
                break;
            case SetStatement or ShowStatement or KillStatement or CheckVindexStatement or PragmaStatement:
                Session(statement);
                break;
            default:
                Definition(statement);
                break;
        }
    }

    private void WithOpt(WithClause? with)
    {
        if (with is null) return;
        With(with);
        Add(' ');
    }

    private void OrAction(string or)
    {
        if (or.Length == 0) return;
        OnlyIn(SqlDialect.Sqlite, $"OR {or.ToUpperInvariant()}");
        Add(" OR ").AddUpper(or);
    }

    private void Insert(InsertStatement insert)
    {
        WithOpt(insert.With);
        Add("INSERT");
        OrAction(insert.Or);
        Add(" INTO ");
        Name(insert.Table);
        Alias(insert.Alias, NodeList<Identifier>.Empty);
        NamesOpt(insert.Columns);
        if (insert.Overriding.Length > 0)
        {
            OnlyIn(SqlDialect.Postgres, "OVERRIDING");
            Add(" OVERRIDING ").AddUpper(insert.Overriding);
            Add(" VALUE");
        }

        Add(' ');
        if (insert.Source is null) Add("DEFAULT VALUES");
        else InsertSource(insert, insert.Source);
        foreach (var conflict in insert.OnConflict)
        {
            Add(' ');
            Conflict(conflict);
        }

        Returning(insert.Returning);
    }

    private void InsertSource(InsertStatement insert, SelectStatement source)
    {
        Select(source);

        // SQLite would read the ON behind a table as that of a join.
        if (!_postgres && insert.OnConflict.Count > 0 && InsertSources.EndsInFrom(source)) Add(" WHERE TRUE");
    }

    private void Conflict(OnConflict conflict)
    {
        Add("ON CONFLICT");
        if (conflict.Constraint is not null)
        {
            OnlyIn(SqlDialect.Postgres, "ON CONSTRAINT");
            Add(" ON CONSTRAINT ");
            Name(conflict.Constraint);
        }

        if (conflict.Target.Count > 0)
        {
            Add(' ');
            IndexColumns(conflict.Target);
            Clause(" WHERE ", conflict.TargetWhere);
        }

        if (conflict.Sets.Count == 0)
        {
            Add(" DO NOTHING");
            return;
        }

        Add(" DO UPDATE SET ");
        List(conflict.Sets, Set);
        Clause(" WHERE ", conflict.Where);
    }

    private void Set(SetClause set)
    {
        if (set.Multiple) Names(set.Columns);
        else Name(set.Columns[0]);
        Add(" = ");
        Expression(set.Value, 0);
    }

    private void Returning(NodeList<SelectItem> items)
    {
        if (items.Count == 0) return;
        Add(" RETURNING ");
        List(items, Item);
    }

    private void Update(UpdateStatement update)
    {
        WithOpt(update.With);
        Add("UPDATE");
        OrAction(update.Or);
        Add(' ');
        Reference(update.Table);
        Add(" SET ");
        List(update.Sets, Set);
        if (update.From.Count > 0)
        {
            Add(" FROM ");
            FromList(update.From);
        }

        Clause(" WHERE ", update.Where);
        WriteTail(update.Returning, update.OrderBy, update.Limit, update.Offset);
    }

    private void Delete(DeleteStatement delete)
    {
        WithOpt(delete.With);
        Add("DELETE FROM ");
        Reference(delete.Table);
        if (delete.Using.Count > 0)
        {
            OnlyIn(SqlDialect.Postgres, "DELETE … USING");
            Add(" USING ");
            FromList(delete.Using);
        }

        Clause(" WHERE ", delete.Where);
        WriteTail(delete.Returning, delete.OrderBy, delete.Limit, delete.Offset);
    }

    private void WriteTail(NodeList<SelectItem> returning, NodeList<OrderItem> order, Expr? limit, Expr? offset)
    {
        if (order.Count > 0 || limit is not null) OnlyIn(SqlDialect.Sqlite, "ORDER BY or LIMIT of an UPDATE or DELETE");
        Returning(returning);
        OrderBy(order, true);
        Clause(" LIMIT ", limit);
        Clause(" OFFSET ", offset);
    }

    private void Truncate(TruncateStatement truncate)
    {
        OnlyIn(SqlDialect.Postgres, "TRUNCATE");
        Add("TRUNCATE ");
        List(truncate.Tables, Name);
        if (truncate.RestartIdentity) Add(" RESTART IDENTITY");
        if (truncate.Cascade) Add(" CASCADE");
    }

    private void Comment(CommentStatement comment)
    {
        OnlyIn(SqlDialect.Postgres, "COMMENT");
        Add("COMMENT ON ").AddUpper(comment.Kind);
        Add(' ');
        if (comment.Kind == "constraint")
        {
            Name(comment.Part!);
            Add(" ON ");
        }

        Name(comment.Name);
        if (comment.Kind == "column")
        {
            Add('.');
            Name(comment.Part!);
        }

        Add(" IS ");
        if (comment.Text is { } text) Expression(new Literal(LiteralKind.String, text), 0);
        else Add("NULL");
    }

    private void Lock(LockStatement locked)
    {
        OnlyIn(SqlDialect.Postgres, "LOCK");
        Add("LOCK TABLE ");
        List(locked.Tables, Name);
        Add(" IN ").AddUpper(locked.Mode).Add(" MODE");
        if (locked.NoWait) Add(" NOWAIT");
    }

    private void Explain(ExplainStatement explain)
    {
        Add("EXPLAIN ");
        if (explain.Options is ["query plan"])
        {
            OnlyIn(SqlDialect.Sqlite, "EXPLAIN QUERY PLAN");
            Add("QUERY PLAN ");
        }
        else if (explain.Options.Count > 0)
        {
            OnlyIn(SqlDialect.Postgres, "an option of EXPLAIN");
            Add('(').Add(string.Join(", ", explain.Options)).Add(") ");
        }

        Statement(explain.Inner);
    }

    private void Transaction(Statement statement)
    {
        switch (statement)
        {
            case BeginStatement begin:
                Begin(begin);
                break;
            case CommitStatement commit:
                Add(commit.Chain ? "COMMIT AND CHAIN" : "COMMIT");
                break;
            case RollbackStatement rollback:
                Add(rollback.Chain ? "ROLLBACK AND CHAIN" : "ROLLBACK");
                if (rollback.Savepoint is null) break;
                Add(" TO ");
                Name(rollback.Savepoint);
                break;
            case SavepointStatement savepoint:
                Add(savepoint.Release ? "RELEASE " : "SAVEPOINT ");
                Name(savepoint.Name);
                break;
        }
    }

    private void Begin(BeginStatement begin)
    {
        Add("BEGIN");
        if (begin.Mode.Length > 0)
        {
            OnlyIn(SqlDialect.Sqlite, $"BEGIN {begin.Mode.ToUpperInvariant()}");
            Add(' ').AddUpper(begin.Mode);
        }

        if (begin.Isolation is not null || begin.ReadOnly is not null) OnlyIn(SqlDialect.Postgres, "a transaction mode");
        if (begin.Isolation is not null) Add(" ISOLATION LEVEL ").AddUpper(begin.Isolation);
        if (begin.ReadOnly is { } readOnly) Add(begin.Isolation is null ? "" : ",").Add(readOnly ? " READ ONLY" : " READ WRITE");
        TransactionPoint(begin.AsOf);
    }

    private void Session(Statement statement)
    {
        switch (statement)
        {
            case SetStatement set:
                Setting(set);
                break;
            case ShowStatement show:
                Show(show);
                break;
            case KillStatement kill:
                Add(kill.QueryOnly ? "KILL QUERY " : "KILL ").Add(kill.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
                break;
            case CheckVindexStatement check:
                Add(check.Repair ? "REPAIR VINDEX " : "VERIFY VINDEX ");
                Name(check.Vindex);
                Add(" ON ");
                Name(check.Table);
                break;
            case PragmaStatement pragma:
                Add("PRAGMA ");
                Name(pragma.Name);
                if (pragma.Value is null) break;
                Add(pragma.IsCall ? "(" : " = ");
                SettingValue(pragma.Value, keepCase: true);
                if (pragma.IsCall) Add(')');
                break;
        }
    }

    private void Setting(SetStatement set)
    {
        switch (set.Name)
        {
            case "target":
                Target(set.Values.Count > 0 ? set.Values[0] : null);
                return;
            case "transaction":
                Add(set.Scope == "session" ? "SET SESSION CHARACTERISTICS AS TRANSACTION" : set.Scope == "local" ? "SET LOCAL TRANSACTION" : "SET TRANSACTION");
                if (set.Values.Count > 0) Add(' ');
                List(set.Values, TransactionMode);
                TransactionPoint(set.AsOf);
                return;
            case "constraints":
                Add("SET CONSTRAINTS ");
                for (var i = 0; i < set.Values.Count - 1; i++) Add(i > 0 ? ", " : "").Add(set.Values[i]);
                Add(' ').AddUpper(set.Values[^1]);
                return;
        }

        if (set.Values.Count == 0 && set.Scope.Length == 0)
        {
            Add("RESET ");
            VariableName(set.Name);
            return;
        }

        Add("SET ");
        if (set.Scope.Length > 0)
        {
            Upper(set.Scope);
            Add(' ');
        }

        VariableName(set.Name);
        Add(" TO ");
        if (set.Values.Count == 0) Add("DEFAULT");
        List(set.Values, value => SettingValue(value, keepCase: false));
    }

    private void TransactionMode(string mode)
    {
        const string Snapshot = "snapshot ";
        if (!mode.StartsWith(Snapshot, StringComparison.Ordinal))
        {
            Upper(mode);
            return;
        }

        Add("SNAPSHOT ");
        String(mode[Snapshot.Length..]);
    }

    private void VariableName(string name)
    {
        var parts = name.Split('.');
        for (var i = 0; i < parts.Length; i++)
        {
            if (i > 0) Add('.');
            if (Quoting.HasOddCharacters(parts[i], SqlDialect.Postgres)) Add(Quoting.Double(parts[i]));
            else Add(parts[i]);
        }
    }

    /// <summary>A word or number as it is, all else as a string.</summary>
    private void SettingValue(string value, bool keepCase)
    {
        if (IsNumber(value) || IsPlainWord(value, keepCase)) Add(value);
        else String(value);
    }

    private static bool IsNumber(string value)
    {
        var digits = value.AsSpan().TrimStart("+-");
        if (value.Length - digits.Length > 1 || digits.IsEmpty || !char.IsAsciiDigit(digits[0])) return false;
        var points = 0;
        foreach (var c in digits)
        {
            if (c == '.') points++;
            else if (!char.IsAsciiDigit(c)) return false;
        }

        return points <= 1;
    }

    private static bool IsPlainWord(string value, bool keepCase)
    {
        if (Quoting.HasOddCharacters(value, keepCase ? SqlDialect.Sqlite : SqlDialect.Postgres)) return false;
        var keyword = Keywords.Find(value);
        return keyword is Keyword.On or Keyword.True or Keyword.False
            || !Keywords.Is(keyword, KeywordClass.PostgresReserved) && !Keywords.Is(keyword, KeywordClass.SqliteReserved) && keyword != Keyword.Interval;
    }

    private void Target(string? target)
    {
        Add("USE");
        if (target is null) return;
        Add(' ');
        var plain = target.Length > 0 && target == target.Trim() && !target.Contains(';') && target[0] is not ('"' or '\'' or '`' or '[')
            && !target.StartsWith("--", StringComparison.Ordinal) && !target.StartsWith("/*", StringComparison.Ordinal);
        if (plain) Add(target);
        else String(target);
    }

    private void Show(ShowStatement show)
    {
        Add("SHOW ");
        Upper(show.What is "timezone" ? "time zone" : "");
        if (show.What is not "timezone") Add(show.What);
        if (show.On is not null)
        {
            Add(show.What switch { "create table" => " ", "vschema vindexes" => " ON ", _ => " FROM " });
            Name(show.On);
        }

        if (show.Like is null) return;
        Add(" LIKE ");
        String(show.Like);
    }
}
