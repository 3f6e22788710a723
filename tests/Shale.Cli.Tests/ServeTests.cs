using System.Diagnostics;
using System.Text.RegularExpressions;
using Shale.Client;

namespace Shale.Cli.Tests;

/// <summary>`shale serve` as a process of its own.</summary>
public sealed partial class ServeTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("shale-serve-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Serve_StopsOnSigtermWithOpenTransactionsRolledBack_AndKeepsWhatWasCommitted()
    {
        using (var server = await Server.StartAsync(_directory.FullName, "--shards", "3"))
        {
            await using var client = server.Client();
            await client.ExecuteAsync("CREATE TABLE t (id INT PRIMARY KEY)");
            await client.ExecuteAsync("INSERT INTO t VALUES (1), (2), (3), (4)");
            var open = await client.BeginAsync();
            await open.ExecuteAsync("DELETE FROM t");
            Assert.Equal(0, await server.StopAsync());
        }
        using (var server = await Server.StartAsync(_directory.FullName))
        {
            await using var client = server.Client();
            Assert.Equal(4, (await client.QueryAsync<long>("SELECT count(*) FROM t")).Rows.Single());
            Assert.Equal(3, (await client.StatusAsync()).ShardCount);
            Assert.Equal(0, await server.StopAsync());
        }
    }

    [Fact]
    [Trait("Category", "Random")]
    [Trait("Rule", "S2.8")]
    public async Task Serve_KilledInTheMidstOfWrites_HasEntriesAndRowsTogetherWhenItIsBack()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SHALE_SEED"), out var given) ? given : 1;
        for (var round = 0; round < 3; round++)
        {
            using var server = await Server.StartAsync(_directory.FullName, "--shards", "3");
            await using var client = server.Client();
            if (round == 0) await client.ExecuteAsync("CREATE TABLE users (id BIGINT PRIMARY KEY, email TEXT UNIQUE, n INT UNIQUE)");
            var left = 60 + (17 * round);
            await Task.WhenAll(Enumerable.Range(0, 4).Select(each => Task.Run(async () =>
            {
                var random = new Random((seed * 100) + (round * 10) + each);
                while (await TryWriteAsync(client, random))
                {
                    if (Interlocked.Decrement(ref left) == 0) server.Kill();
                }
            })));
            Assert.True(left <= 0, "something else than its death stopped the writers");
        }

        using var again = await Server.StartAsync(_directory.FullName);
        await using var reader = again.Client();
        foreach (var vindex in (string[])["users_email_key", "users_n_key"])
        {
            var problems = await reader.QueryAsync<Found>($"VERIFY VINDEX {vindex} ON users");
            Assert.True(problems.Rows.Count == 0, $"SHALE_SEED={seed}: {vindex}: {string.Join(", ", problems.Rows.Select(found => found.Problem))}");
        }

        Assert.Equal([0], (await reader.QueryAsync<long>("SELECT count(n) - count(DISTINCT n) FROM users")).Rows);
        Assert.Equal(0, await again.StopAsync());
    }

    private sealed class Found
    {
        public string Problem { get; set; } = "";
    }

    // False when the server is gone.
    private static async Task<bool> TryWriteAsync(VitessClient client, Random random)
    {
        var (id, n) = (random.Next(60), random.Next(60));
        var sql = random.Next(7) switch
        {
            5 => $"INSERT INTO users VALUES ({id}, 'mail{n}', {n}) ON CONFLICT (id) DO UPDATE SET n = excluded.n, email = excluded.email",
            0 => $"DELETE FROM users WHERE n = {n}",
            1 => $"UPDATE users SET n = {n}, email = 'mail{n}' WHERE id = {id}",
            2 => $"UPDATE users SET id = id + 1000, n = n - 60 WHERE id < 60",
            3 => $"INSERT INTO users VALUES ({id}, 'mail{n}', {n}), ({id + 60}, 'mail{n + 60}', {n + 60}) ON CONFLICT DO NOTHING",
            _ => $"INSERT INTO users VALUES ({id}, 'mail{n}', {n})",
        };
        try
        {
            await client.ExecuteAsync(sql);
            return true;
        }
        catch (VitessException failure)
        {
            return failure.SqlState is "23505" or "40001" or "40P01";
        }
    }

    [Fact]
    public async Task Serve_DirectoryThatAnotherHasOpen_IsRefusedWithWhatToDo()
    {
        using var server = await Server.StartAsync(_directory.FullName);
        var (code, _, errors) = await RunAsync("serve", "--data", _directory.FullName, "--http", "127.0.0.1:0");
        Assert.Equal(1, code);
        Assert.Contains("open in another process, " + server.Pid, errors, StringComparison.Ordinal);
        Assert.Contains("kill " + server.Pid, errors, StringComparison.Ordinal);
        Assert.Contains("--data", errors, StringComparison.Ordinal);
        Assert.Equal(0, await server.StopAsync());
    }

    [Theory]
    [InlineData("--retention", "40000")]
    [InlineData("--retention", "long")]
    [InlineData("--retention-bytes", "0")]
    [InlineData("--retention-bytes", "10GB")]
    public async Task Serve_RetentionThatIsNone_IsRefused(string option, string value)
    {
        var (code, _, errors) = await RunAsync("serve", "--data", _directory.FullName, option, value);
        Assert.NotEqual(0, code);
        Assert.Contains(option + " wants", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_AddressThatIsTaken_IsRefusedInOneSentence()
    {
        using var server = await Server.StartAsync(Path.Combine(_directory.FullName, "one"));
        var (code, output, errors) = await RunAsync("serve", "--data", Path.Combine(_directory.FullName, "two"), "--http", new Uri(server.Url).Authority);
        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith("ERROR: cannot listen on 127.0.0.1:", errors, StringComparison.Ordinal);
        Assert.Contains("--http", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
        Assert.Equal(0, await server.StopAsync());
    }

    [Theory]
    [InlineData("--shards wants a whole number, not \"abc\"", "serve", "--shards", "abc")]
    [InlineData("--interval wants seconds between 0.1 and 3600", "status", "--interval", "0")]
    [InlineData("give --watch or --once, not both", "status", "--watch", "--once")]
    [InlineData("--key was given without --cert", "serve", "--key", "a.pem")]
    [InlineData("--cert and --dev-cert were both given", "serve", "--cert", "a.pem", "--dev-cert")]
    [InlineData("nowhere.pem", "serve", "--cert", "nowhere.pem")]
    [InlineData("nowhere.json", "serve", "--config", "nowhere.json")]
    [InlineData("nowhere.json", "config", "check", "nowhere.json")]
    [InlineData("is no endpoint", "status", "--endpoint", "nowhere")]
    [InlineData("is no address of a collector", "serve", "--otlp", "nowhere")]
    [InlineData("0 shards are not possible", "serve", "--shards", "0")]
    [InlineData("\"../x\" cannot be the name of a keyspace", "serve", "--keyspace", "../x")]
    [InlineData("\"\" cannot be the name of a keyspace", "serve", "--keyspace", "")]
    [InlineData("--data names no directory", "serve", "--data", "")]
    [InlineData("there is no option \"--nope\"", "serve", "--nope")]
    [InlineData("there is no option \"--dta\"; did you mean --data?", "serve", "--dta", "x")]
    [InlineData("nothing is known to do with \"SELECT 1\"", "sql", "SELECT 1")]
    [InlineData("cannot make the directory", "serve", "--data", "shale.dll")]
    [InlineData("--interval wants seconds between 0.1 and 3600, not \"soon\"", "status", "--interval", "soon")]
    [InlineData("--from wants an LSN, not \"first\"", "log", "dump", "x.log", "--from", "first")]
    [InlineData("See: shale log dump --help", "log", "dump", "x.log", "--form", "1")]
    [InlineData("--retention wants days from 0 to 36500, not \"long\"", "log", "stats", "x.log", "--retention", "long")]
    [InlineData("shale.dll is no SQLite database", "import", "shale.dll", "--data", "not-made")]
    [InlineData("\"nonsense\" is no endpoint", "sql", "--endpoint", "nonsense", "-c", "SELECT 1")]
    [InlineData("Must be one of", "sql", "--format", "xml", "-c", "SELECT 1")]
    [InlineData("there is no command \"nope\"", "nope")]
    [InlineData("there is no command \"serv\"; did you mean serve?", "serv")]
    [InlineData("there is no option \"--hlep\"; did you mean --help?", "--hlep")]
    public async Task Shale_AMistakeOnTheCommandLine_IsToldInAFewLines(string expected, params string[] arguments)
    {
        string[] serve = arguments[0] != "serve" ? [] : arguments.Contains("--data") ? ["--http", "127.0.0.1:0"] : ["--http", "127.0.0.1:0", "--data", _directory.FullName];
        var (code, output, errors) = await RunAsync([.. arguments, .. serve]);
        Assert.Equal((1, ""), (code, output.Trim()));
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.InRange(errors.Split('\n').Length, 2, 9);
        Assert.DoesNotContain("System.", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "S2.4")]
    public async Task Serve_AnotherShardCountThanTheStored_IsRefused()
    {
        using (var server = await Server.StartAsync(_directory.FullName, "--shards", "2")) Assert.Equal(0, await server.StopAsync());
        var (code, _, errors) = await RunAsync("serve", "--data", _directory.FullName, "--shards", "5", "--http", "127.0.0.1:0");
        Assert.Equal(1, code);
        Assert.Contains("2 shards, not 5", errors, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Rule", "S6.4")]
    [InlineData("0.0.0.0:0")]
    [InlineData("*:0")]
    [InlineData("[::]:0")]
    public async Task Serve_WithoutATokenForAll_IsRefused(string address)
    {
        var (code, _, errors) = await RunAsync("serve", "--data", _directory.FullName, "--http", address);
        Assert.Equal(1, code);
        Assert.Contains("loopback", errors, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "S6.4")]
    public async Task Serve_TokenFile_IsAskedFor()
    {
        var file = Path.Combine(_directory.FullName, "token");
        await File.WriteAllTextAsync(file, "secret\n");
        using var server = await Server.StartAsync(Path.Combine(_directory.FullName, "data"), "--token-file", file);
        await using var stranger = server.Client();
        Assert.Equal("UNAUTHORIZED", (await Assert.ThrowsAsync<VitessException>(() => stranger.ConnectAsync())).Code);
        await using var friend = server.Client("secret");
        await friend.ConnectAsync();
        Assert.Equal(0, await server.StopAsync());
    }

    [Fact]
    public async Task Serve_PostgresDoor_OpensWhereItIsTold_AndATakenAddressIsRefused()
    {
        using (var off = await Server.StartAsync(Path.Combine(_directory.FullName, "off"), "--pg", "none"))
        {
            Assert.Matches("^  postgres  off$", await off.ReadLineAsync());
            Assert.Equal(0, await off.StopAsync());
        }

        using var server = await Server.StartAsync(Path.Combine(_directory.FullName, "on"), "--pg", "127.0.0.1:0");
        var port = Regex.Match(await server.ReadLineAsync(), "psql -h 127.0.0.1 -p ([0-9]+) -d main$").Groups[1].Value;
        using (var client = new System.Net.Sockets.TcpClient("127.0.0.1", int.Parse(port)))
        {
            // Asks for TLS, which there is none of.
            await client.GetStream().WriteAsync(Convert.FromHexString("0000000804d2162f"));
            Assert.Equal('N', client.GetStream().ReadByte());
        }

        var (code, _, errors) = await RunAsync("serve", "--data", Path.Combine(_directory.FullName, "second"), "--http", "127.0.0.1:0", "--pg", "127.0.0.1:" + port);
        Assert.Equal(1, code);
        Assert.Contains($"cannot listen on 127.0.0.1:{port}", errors, StringComparison.Ordinal);
        (code, _, errors) = await RunAsync("serve", "--data", Path.Combine(_directory.FullName, "third"), "--http", "127.0.0.1:0", "--pg", "0.0.0.0:0");
        Assert.Equal(1, code);
        Assert.Contains("loopback", errors, StringComparison.Ordinal);
        Assert.Equal(0, await server.StopAsync());
    }

    [Fact]
    public async Task Sql_CommandsAndExitCodes()
    {
        using var server = await Server.StartAsync(_directory.FullName);
        var (code, output, _) = await RunAsync("sql", "--endpoint", server.Url, "--format", "csv", "-c", "SELECT 1 AS a, 'x' AS b");
        Assert.Equal((0, "a,b\r\n1,x\r\n"), (code, output));
        (code, _, var errors) = await RunAsync("sql", "--endpoint", server.Url, "-c", "SELECT * FROM nope");
        Assert.Equal(1, code);
        Assert.Contains("42P01", errors, StringComparison.Ordinal);
        Assert.Equal(0, await server.StopAsync());
        (code, _, errors) = await RunAsync("sql", "--endpoint", server.Url, "-c", "SELECT 1");
        Assert.Equal(2, code);
        Assert.Contains("Nothing answers", errors, StringComparison.Ordinal);
        Assert.Contains("shale serve", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sql_ServerThatSpeaksNoTls_IsNotSaidToBeSilent()
    {
        using var server = await Server.StartAsync(_directory.FullName);
        var (code, _, errors) = await RunAsync("sql", "--endpoint", server.Url.Replace("http:", "https:", StringComparison.Ordinal), "-c", "SELECT 1");
        Assert.Equal(2, code);
        Assert.DoesNotContain("inner exception", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing answers", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_WhereTheOutputIsNoTerminal_IsWrittenOnce()
    {
        using var server = await Server.StartAsync(_directory.FullName, "--shards", "2");
        await using (var client = server.Client())
        {
            await client.ExecuteAsync("CREATE TABLE t (id INT PRIMARY KEY)");
            await client.ExecuteAsync("INSERT INTO t VALUES (1), (2), (3), (4), (5), (6), (7)");
            await client.ExecuteAsync("CREATE TABLE pinned (a INT)");
            await client.ExecuteAsync("INSERT INTO pinned VALUES (1)");
        }

        var (code, output, _) = await RunAsync("status", "--endpoint", server.Url, "--interval", "0.2");
        var lines = output.TrimEnd('\n').Split('\n');
        Assert.Equal((0, 6), (code, lines.Length));
        Assert.StartsWith("keyspace main, 2 shards", lines[0], StringComparison.Ordinal);
        Assert.Equal(["all", "serving", "8"], lines[5].Split(' ', StringSplitOptions.RemoveEmptyEntries)[..3]);
        Assert.DoesNotContain('\u001b', output);

        (code, _, var errors) = await RunAsync("status", "--endpoint", server.Url, "--keyspace", "nope");
        Assert.Equal(1, code);
        Assert.Contains("nope", errors, StringComparison.Ordinal);
        Assert.Equal(0, await server.StopAsync());
        (code, _, errors) = await RunAsync("status", "--endpoint", server.Url);
        Assert.Equal(2, code);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_ConfigurationFile_IsUsed_AndTheCommandLineWins()
    {
        var file = Path.Combine(_directory.FullName, "shale.json");
        await File.WriteAllTextAsync(file, """{ "data": "there", "keyspace": "shop", "shards": 3, "http": { "listen": "127.0.0.1:1" }, "keyspaces": { "shop": { "maxRows": 5 } } }""");
        var (code, output, _) = await RunAsync("config", "check", file);
        Assert.Equal((0, file + " can be used.\n"), (code, output));
        using var server = await Server.StartAsync(Path.Combine(_directory.FullName, "here"), "--config", file, "--shards", "2");
        await using var client = server.Client();
        var status = await client.StatusAsync();
        Assert.Equal(("shop", 2), (status.Keyspace, status.ShardCount));
        Assert.True(Directory.Exists(Path.Combine(_directory.FullName, "here", "shop")));
        var failure = await Assert.ThrowsAsync<VitessException>(() => client.QueryAsync("SELECT * FROM generate_series(1, 6) AS g"));
        Assert.Equal("54000", failure.SqlState);
        Assert.Equal(0, await server.StopAsync());
    }

    [Fact]
    public async Task Serve_DevelopmentCertificate_SpeaksHttps()
    {
        var data = Path.Combine(_directory.FullName, "data");
        using var server = await Server.StartAsync(data, "--dev-cert");
        Assert.StartsWith("https://", server.Url, StringComparison.Ordinal);
        using var made = System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificateFromFile(Path.Combine(data, "localhost.pem"));
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, certificate, _, _) => certificate?.Thumbprint == made.Thumbprint };
        using var http = new HttpClient(handler);
        Assert.Equal("ok\n", await http.GetStringAsync(new Uri(server.Url + "/healthz")));
        Assert.Equal(0, await server.StopAsync());
    }

    [TerminalFact]
    public async Task Sql_AtATerminal_CompletesCancelsAndLeaves()
    {
        using var server = await Server.StartAsync(Path.Combine(_directory.FullName, "data"));
        using var terminal = Terminal.Start(Shale("sql", "--endpoint", server.Url), _directory.FullName);
        await terminal.SeeAsync("shale=> ");
        await terminal.TypeAsync("CREATE TABLE films (film_id int PRIMARY KEY);\r", "OK");
        await terminal.SeeAsync("shale=> ");

        // Tab writes the names of tables and columns.
        await terminal.TypeAsync("SELECT film_\t", "SELECT film_id ");
        await terminal.TypeAsync("FROM fi\t", "FROM films ");
        await terminal.TypeAsync(";\r", "(0 rows)");

        // Ctrl-C drops the line and the statement that has begun.
        await terminal.TypeAsync("SELECT oops\r", "shale-> ");
        await terminal.TypeUntilAsync("more\u0003", "^C");
        await terminal.SeeAsync("shale=> ");

        // What was typed twice lies behind it then.
        await terminal.TypeAsync("SELECT 'all ' || 'typed';\r", "all typed");
        await terminal.SeeAsync("shale=> ");

        // Ctrl-C cancels what runs.
        await terminal.TypeAsync("SELECT count(*) FROM generate_series(1, 100000000000) AS g;\r", "\r\n");
        await terminal.TypeUntilAsync("\u0003", "Cancelled.");
        await terminal.TypeAsync("SELECT 'still ' || 'here';\r", "still here");
        await terminal.SeeAsync("shale=> ");

        // Ctrl-D leaves.
        await terminal.TypeAsync("\u0004", null);
        Assert.Equal(0, await terminal.EndAsync());
        Assert.Equal(0, await server.StopAsync());
    }

    [Theory]
    [InlineData("15000", "127.0.0.1:15000", true)]
    [InlineData("localhost:1", "127.0.0.1:1", true)]
    [InlineData("[::1]:2", "[::1]:2", true)]
    [InlineData("0.0.0.0:3", "0.0.0.0:3", false)]
    [InlineData("*:4", "*:4", false)]
    public void ListenAddress_IsRead(string text, string expected, bool isLoopback)
    {
        var address = Commands.ListenAddress.Parse(text);
        Assert.Equal((expected, isLoopback), (address.ToString(), address.IsLoopback));
    }

    [Theory]
    [InlineData("")]
    [InlineData("host:1")]
    [InlineData("127.0.0.1:99999")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("127.0.0.1:")]
    public void ListenAddress_NoAddress_IsRefused(string text) => Assert.Throws<VitessException>(() => Commands.ListenAddress.Parse(text));

    internal static ProcessStartInfo Shale(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "shale.dll"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment.Remove("SHALE_TOKEN");
        start.Environment.Remove("SHALE_ENDPOINT");
        return start;
    }

    [Fact]
    public async Task Help_OfShards_IsTheSameWhereverTheyAreNamed()
    {
        Assert.Contains("4 without it", await ShardsAsync("serve"), StringComparison.Ordinal);
        Assert.Equal(await ShardsAsync("serve"), await ShardsAsync("import"));

        static async Task<string> ShardsAsync(string command)
        {
            var lines = (await RunAsync(command, "--help")).Output.Split('\n').SkipWhile(line => !line.StartsWith("  --shards", StringComparison.Ordinal)).ToList();
            var more = lines.Skip(1).TakeWhile(line => !line.TrimStart().StartsWith('-')).Select(line => line.Trim());
            return string.Join(' ', more.Prepend(lines[0][lines[0].IndexOf("How", StringComparison.Ordinal)..].Trim()));
        }
    }

    internal static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(Shale(arguments))!;
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }

    internal sealed partial class Server(Process process, string url) : IDisposable
    {
        public string Url => url;

        public string Pid => process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture);

        public static async Task<Server> StartAsync(string data, params string[] more)
        {
            var process = Process.Start(Shale(["serve", "--data", data, "--http", "127.0.0.1:0", .. more]))!;
            process.StandardInput.Close();
            var seen = "";
            while (await process.StandardOutput.ReadLineAsync() is { } line)
            {
                seen += line + "\n";
                if (UrlLine().Match(line) is { Success: true } match) return new Server(process, match.Groups[1].Value);
            }
            throw new InvalidOperationException("the server did not start: " + seen + await process.StandardError.ReadToEndAsync());
        }

        /// <summary>The next line that it says.</summary>
        public async Task<string> ReadLineAsync() => await process.StandardOutput.ReadLineAsync() ?? "";

        public VitessClient Client(string? token = null) => VitessClient.Create(new VitessConfig { Endpoint = url, Token = token });

        public async Task<int> StopAsync()
        {
            using var kill = Process.Start("kill", ["-TERM", Pid])!;
            await kill.WaitForExitAsync();
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
            return process.ExitCode;
        }

        /// <summary>Ends it at once, as kill -9 does.</summary>
        public void Kill() => process.Kill();

        public void Dispose()
        {
            if (!process.HasExited) process.Kill();
            process.Dispose();
        }

        [GeneratedRegex(@"^\s+http\s+(https?://\S+)$")]
        private static partial Regex UrlLine();
    }
}
