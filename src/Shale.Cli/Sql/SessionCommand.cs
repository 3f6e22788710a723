using System.Text.RegularExpressions;
using Shale.Contracts;

namespace Shale.Cli.Sql;

/// <summary>What the prompt does itself with a statement that the gate takes only as a message.</summary>
internal abstract partial record SessionCommand
{
    /// <summary>BEGIN or START TRANSACTION.</summary>
    public sealed record Begin(TransactionOptions Options) : SessionCommand;

    /// <summary>COMMIT or END.</summary>
    public sealed record Commit : SessionCommand;

    /// <summary>ROLLBACK or ABORT.</summary>
    public sealed record Rollback : SessionCommand;

    /// <summary>USE target.</summary>
    public sealed record Use(string Target) : SessionCommand;

    /// <summary>SET dialect.</summary>
    public sealed record SetDialect(string Dialect) : SessionCommand;

    /// <summary>SET partial_results.</summary>
    public sealed record SetPartialResults(bool On) : SessionCommand;

    /// <summary>The command that a statement is, or null for one that goes to the gate.</summary>
    public static SessionCommand? Parse(string statement)
    {
        var text = statement.Trim();
        if (UseForm().Match(text) is { Success: true } use) return new Use(use.Groups[1].Value.Trim('"', '\'', '`'));
        if (DialectForm().Match(text) is { Success: true } set) return new SetDialect(set.Groups[1].Value.ToLowerInvariant());
        if (PartialResultsForm().Match(text) is { Success: true } partial) return new SetPartialResults(partial.Groups[1].Value.ToUpperInvariant() is "ON" or "TRUE" or "1");
        if (CommitForm().IsMatch(text)) return new Commit();
        if (RollbackForm().IsMatch(text)) return new Rollback();
        return BeginForm().IsMatch(text) ? new Begin(ReadOptions(text)) : null;
    }

    private static TransactionOptions ReadOptions(string text) => new(
        IsolationForm().Match(text) is { Success: true } match ? Isolation(match.Groups[1].Value) : null,
        ReadOnlyForm().IsMatch(text))
    {
        AsOf = AsOfForm().Match(text) is { Success: true } point ? point.Groups[1].Value : null,
    };

    private static IsolationLevel Isolation(string words) => string.Join(' ', words.ToUpperInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) switch
    {
        "SERIALIZABLE" => IsolationLevel.Serializable,
        "REPEATABLE READ" => IsolationLevel.RepeatableRead,
        "READ UNCOMMITTED" => IsolationLevel.ReadUncommitted,
        _ => IsolationLevel.ReadCommitted,
    };

    private const RegexOptions Any = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    [GeneratedRegex(@"^USE\s+(\S+)$", Any)]
    private static partial Regex UseForm();

    [GeneratedRegex(@"^SET\s+(?:SESSION\s+)?DIALECT\s*(?:=|\bTO\b)\s*['""]?(postgres|sqlite)['""]?$", Any)]
    private static partial Regex DialectForm();

    [GeneratedRegex(@"^SET\s+(?:SESSION\s+)?PARTIAL_RESULTS\s*(?:=|\bTO\b)\s*['""]?(on|off|true|false|1|0)['""]?$", Any)]
    private static partial Regex PartialResultsForm();

    [GeneratedRegex(@"^(COMMIT|END)(\s+(WORK|TRANSACTION))?$", Any)]
    private static partial Regex CommitForm();

    [GeneratedRegex(@"^(ROLLBACK|ABORT)(\s+(WORK|TRANSACTION))?$", Any)]
    private static partial Regex RollbackForm();

    [GeneratedRegex(@"^(BEGIN|START\s+TRANSACTION)(\s+(WORK|TRANSACTION|DEFERRED|IMMEDIATE|EXCLUSIVE))*(\s*,?\s*(ISOLATION\s+LEVEL\s+(SERIALIZABLE|REPEATABLE\s+READ|READ\s+COMMITTED|READ\s+UNCOMMITTED)|READ\s+(ONLY|WRITE)))*(\s+AS\s+OF\s+.+)?$", Any | RegexOptions.Singleline)]
    private static partial Regex BeginForm();

    [GeneratedRegex(@"\s+AS\s+OF\s+(?:SYSTEM\s+TIME\s+)?(.+)$", Any | RegexOptions.Singleline)]
    private static partial Regex AsOfForm();

    [GeneratedRegex(@"ISOLATION\s+LEVEL\s+(SERIALIZABLE|REPEATABLE\s+READ|READ\s+COMMITTED|READ\s+UNCOMMITTED)", Any)]
    private static partial Regex IsolationForm();

    [GeneratedRegex(@"READ\s+ONLY", Any)]
    private static partial Regex ReadOnlyForm();
}
