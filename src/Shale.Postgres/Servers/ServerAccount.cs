namespace Shale.Postgres;

/// <summary>
/// As whom the programs of a server run. PostgreSQL refuses to run as root: a process of root runs it as an account of the system that owns the data directory, or, where a directory above that one
/// bars the account, in a user namespace of its own, in which files of root belong to nobody.
/// </summary>
internal sealed class ServerAccount
{
    private const int Nobody = 65534;

    // PostgreSQL's own account; ours, where somebody has made one; the one that every system has.
    private static readonly string[] Names = ["postgres", "shale", "nobody"];

    private readonly string[] _prefix;

    private ServerAccount(string? owner, params string[] prefix) => (Owner, _prefix) = (owner, prefix);

    /// <summary>The account that must own the files; null where they belong to whoever runs this process.</summary>
    public string? Owner { get; }

    /// <summary>Chooses for a data directory that exists. Errors: SHARD_ERROR (42501) naming the directory that bars all accounts.</summary>
    public static ServerAccount Choose(string directory)
    {
        if (!Environment.IsPrivilegedProcess) return new ServerAccount(null, "setpriv", "--no-new-privs");
        var name = Names.FirstOrDefault(name => Programs.Run(["id", "-u", name]).ExitCode == 0)
            ?? throw new VitessException(ErrorCodes.ShardError, "PostgreSQL does not run as root, and there is no account for it", sqlState: "42501", hint: "Make one (useradd --system shale), or do not run as root.");
        var account = new ServerAccount(name, "setpriv", "--reuid=" + name, "--regid=" + Programs.Require(["id", "-g", name]), "--clear-groups", "--inh-caps=-all", "--no-new-privs");
        if (account.BarredBy(directory) is not { } barring) return account;
        var unprivileged = InNamespace();
        if (Programs.Run(unprivileged.Command(["true"])).ExitCode == 0) return unprivileged;
        throw new VitessException(ErrorCodes.ShardError, $"PostgreSQL runs as {name}, whom the directory {barring} does not let pass", sqlState: "42501",
            hint: $"Keep the data elsewhere, let others pass (chmod o+x {barring}), or do not run as root.");
    }

    /// <summary>In a user namespace: files stay those of root.</summary>
    public static ServerAccount InNamespace() => new("root", "unshare", "--user", $"--map-user={Nobody}", $"--map-group={Nobody}", "setpriv", "--no-new-privs");

    /// <summary>The command line that runs a program as the account.</summary>
    public IReadOnlyList<string> Command(IReadOnlyList<string> program) => [.. _prefix, .. program];

    /// <summary>The same for a program that is interrupted when the thread that starts it ends.</summary>
    public IReadOnlyList<string> BoundCommand(IReadOnlyList<string> program) => [.. _prefix, "--pdeathsig", "INT", .. program];

    /// <summary>Gives the account a directory with all that is in it, unless it has it. Errors: SHARD_ERROR.</summary>
    public void Own(string directory)
    {
        if (Owner is null || Programs.Require(["stat", "-c", "%U", directory]) == Owner) return;
        Programs.Require(["chown", "-R", $"{Owner}:", directory]);
    }

    /// <summary>Whether a directory, no link to one, belongs to whoever runs this process, or to an account that it gives its own to.</summary>
    public static bool IsOurs(string directory)
    {
        var (code, output) = Programs.Run(["stat", "-c", "%F:%U", directory]);
        return code == 0 && output.Split(':') is ["directory", var owner] && (owner == Environment.UserName || (Environment.IsPrivilegedProcess && Names.Contains(owner)));
    }

    private string? BarredBy(string directory)
    {
        var above = new Stack<string>();
        for (var each = Path.GetDirectoryName(directory); each is not null; each = Path.GetDirectoryName(each)) above.Push(each);
        return above.FirstOrDefault(each => Programs.Run(Command(["test", "-x", each])).ExitCode != 0);
    }
}
