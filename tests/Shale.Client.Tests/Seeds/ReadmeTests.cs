using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Shale.Client.Tests.Support;

namespace Shale.Client.Tests.Seeds;

/// <summary>The samples of README.md run as they stand there.</summary>
public partial class ReadmeTests
{
    private static readonly List<string> Written = [];

    private sealed record User(long Id, string Name);

    [Fact]
    public async Task Samples_RunAsTheyStand()
    {
        await using var host = await ShaleHost.StartAsync(shards: 4);
        await using var prompt = await host.ClientAsync();
        foreach (var statement in Block("sql").Split(";\n", StringSplitOptions.RemoveEmptyEntries)) await prompt.QueryAsync(statement.Trim().TrimEnd(';'));
        await SampleAsync(host.Url);
        Assert.Equal(["1 Ada", "123 Cleo"], Written);
        Assert.Equal([(1L, 4.5), (1L, 20.0), (123L, 10.0)], (await prompt.QueryAsync<(long, double)>("SELECT user_id, total FROM orders ORDER BY user_id, no")).Rows);
    }

    [Fact]
    public async Task Messages_OfTheHttpManual_AreAnswered()
    {
        await using var host = await ShaleHost.StartAsync(shards: 4);
        await using var prompt = await host.ClientAsync();
        foreach (var statement in Block("sql").Split(";\n", StringSplitOptions.RemoveEmptyEntries)) await prompt.QueryAsync(statement.Trim().TrimEnd(';'));
        using var http = new HttpClient();
        var messages = Regex.Matches(Document("docs/http.md"), "-d '(.*?)'").Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(4, messages.Count);
        var answers = new List<string>();
        foreach (var message in messages)
        {
            using var content = new StringContent(message, null, "application/x-www-form-urlencoded");
            using var answer = await http.PostAsync(new Uri(host.Url), content);
            answers.Add(await answer.Content.ReadAsStringAsync());
        }

        Assert.All(answers, answer => Assert.StartsWith("{\"type\":128,", answer, StringComparison.Ordinal));
        Assert.Contains("\"rows\":[{\"id\":1,\"name\":\"Ada\"},{\"id\":123,\"name\":\"Cleo\"}]", answers[0], StringComparison.Ordinal);
        Assert.Contains("\"affected\":1", answers[1], StringComparison.Ordinal);
        Assert.Contains("\"success\":true", answers[2], StringComparison.Ordinal);
        Assert.Contains("\"txId\"", answers[3], StringComparison.Ordinal);
    }

    [Fact]
    public void Sample_IsThatOfTheReadme()
    {
        var source = File.ReadAllText(SourcePath());
        var sample = SampleRegion().Match(source).Groups[1].Value;
        var readme = Block("csharp").Replace("using Shale.Client;", "", StringComparison.Ordinal).Replace("record User(long Id, string Name);", "", StringComparison.Ordinal);
        Assert.Equal(Normal(readme), Normal(sample).Replace("Endpoint = endpoint", "Endpoint = \"http://127.0.0.1:15000\"", StringComparison.Ordinal));
        Assert.Contains("sealed record User(long Id, string Name);", source, StringComparison.Ordinal);
    }

    private static async Task SampleAsync(string endpoint)
    {
        // README begins
        await using var client = VitessClient.Create(new VitessConfig { Endpoint = endpoint, Keyspace = "main" });

        var result = await client.QueryAsync<User>("SELECT id, name FROM users WHERE country = $1 ORDER BY id", ["no"]);
        foreach (var user in result.Rows) Console.WriteLine($"{user.Id} {user.Name}");

        await client.TransactionAsync(async tx =>
        {
            await tx.ExecuteAsync("UPDATE orders SET total = total - $1 WHERE user_id = $2 AND no = 1", [5, 1]);
            await tx.ExecuteAsync("UPDATE orders SET total = total + $1 WHERE user_id = $2 AND no = 1", [5, 123]);
        });

        // README ends
    }

    private static string Block(string language)
    {
        return Regex.Match(Document("README.md"), $"```{language}\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
    }

    private static string Document(string path) => File.ReadAllText(Path.Combine(Path.GetDirectoryName(SourcePath())!, "..", "..", "..", path));

    private static string Normal(string code) => string.Join('\n', code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));

    private static string SourcePath([CallerFilePath] string path = "") => path;

    [GeneratedRegex("// README begins\n(.*?)// README ends", RegexOptions.Singleline)]
    private static partial Regex SampleRegion();

    // Stands in the sample's place for the terminal.
    private static class Console
    {
        public static void WriteLine(string text) => Written.Add(text);
    }
}
